# terpsi_units(<variable> <source>...): with TERPSI_UNITS the files of a folder are compiled together, at most 12 of them in one
# translation unit <build>/units/<folder>.cpp, because most of the time goes into the headers that they share. So what is
# local to a file (static, in an unnamed namespace) needs a name of its own within the folder. __FILE__ is the path
# below the root of the project. Without TERPSI_UNITS each file is compiled alone.
option(TERPSI_UNITS "Compile the files of a folder together" ON)

function(terpsi_units variable)
  if(NOT TERPSI_UNITS)
    set(${variable} ${ARGN} PARENT_SCOPE)
    return()
  endif()
  set(units "")
  foreach(source IN LISTS ARGN)
    file(RELATIVE_PATH path "${CMAKE_SOURCE_DIR}" "${source}")
    get_filename_component(folder "${path}" DIRECTORY)
    string(REPLACE "/" "_" name "${folder}")
    math(EXPR part "0${count_${name}} / 12 + 1")
    math(EXPR count_${name} "0${count_${name}} + 1")
    set(unit "${CMAKE_BINARY_DIR}/units/${name}_${part}.cpp")
    list(APPEND units "${unit}")
    string(APPEND text_${name}_${part} "#include \"${path}\"\n")
  endforeach()
  list(REMOVE_DUPLICATES units)
  foreach(unit IN LISTS units)
    get_filename_component(name "${unit}" NAME_WE)
    file(CONFIGURE OUTPUT "${unit}" CONTENT "${text_${name}}" @ONLY)  # writes only what changed
  endforeach()
  set(${variable} ${units} PARENT_SCOPE)
endfunction()
