# Two modules for the page, in web/public/wasm/:
#   terpsi_core.js/.wasm   wasm/*.cpp       flat ABI over terpsi_core, runs in a worker
#   terpsi_view.js/.wasm   wasm/view/*.cpp  the Dear ImGui application on WebGL2, runs on the main thread
# Both are ES modules whose default export is a factory: `const m = await createTerpsiCore({...})`. Functions marked
# EMSCRIPTEN_KEEPALIVE are exported with a leading underscore, next to _malloc, _free and the runtime methods below.
# No file system, no threads, no eval (the page's content security policy forbids it).
set(TERPSI_WASM_OUTPUT "${CMAKE_SOURCE_DIR}/web/public/wasm" CACHE PATH "Folder for the WebAssembly modules")

# Debian's emcc needs its own node modules (acorn) when it optimises JavaScript.
set_property(GLOBAL PROPERTY RULE_LAUNCH_LINK "${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs")

set(_wasm_link
  -O3
  -sMODULARIZE=1 -sEXPORT_ES6=1 -sUSE_ES6_IMPORT_META=1
  -sFILESYSTEM=0 -sDYNAMIC_EXECUTION=0 -sSTRICT=1 -sASSERTIONS=0 -sSUPPORT_ERRNO=0
  -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=33554432 -sMAXIMUM_MEMORY=2147483648
  -sTOTAL_STACK=1048576
  "-sEXPORTED_FUNCTIONS=_malloc,_free"
  "-sEXPORTED_RUNTIME_METHODS=UTF8ToString,stringToUTF8,lengthBytesUTF8"
  "-sINCOMING_MODULE_JS_API=wasmBinary,instantiateWasm,locateFile,print,printErr,onAbort,canvas")

# terpsi_wasm_module(name factory sources... LINK options...)
function(terpsi_wasm_module name factory)
  cmake_parse_arguments(arg "" "" "LINK;SOURCES;LIBRARIES" ${ARGN})
  if(NOT arg_SOURCES)
    message(STATUS "No sources for ${name} yet: it is left out")
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE terpsi_core terpsi_flags ${arg_LIBRARIES})
  target_link_options(${name} PRIVATE ${_wasm_link} -sEXPORT_NAME=${factory} ${arg_LINK})
  set_target_properties(${name} PROPERTIES SUFFIX .js RUNTIME_OUTPUT_DIRECTORY "${TERPSI_WASM_OUTPUT}")
endfunction()

# Two weights of a text font become generated/font.h.
set(_font "${CMAKE_BINARY_DIR}/generated/font.h")
add_custom_command(
  OUTPUT "${_font}"
  COMMAND /usr/bin/python3 "${CMAKE_SOURCE_DIR}/wasm/view/embed_font.py" "${_font}"
  DEPENDS "${CMAKE_SOURCE_DIR}/wasm/view/embed_font.py"
  COMMENT "Embedding the font" VERBATIM)

file(GLOB _core_api CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/wasm/*.cpp")
file(GLOB_RECURSE _view CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/wasm/view/*.cpp")
terpsi_units(_core_api ${_core_api})
terpsi_units(_view ${_view})
terpsi_wasm_module(terpsi_core_module createTerpsiCore SOURCES ${_core_api} LINK -sENVIRONMENT=web,worker)
terpsi_wasm_module(terpsi_view createTerpsiView SOURCES ${_view} "${_font}" LIBRARIES third_imgui terpsi_shaders
  LINK -sENVIRONMENT=web -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2 -lGL -lhtml5_webgl.js -lhtml5.js)
if(TARGET terpsi_core_module)
  set_target_properties(terpsi_core_module PROPERTIES OUTPUT_NAME terpsi_core)  # the library has the plain name
endif()
