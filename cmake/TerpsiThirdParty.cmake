# Third-party code, each as one target named third_<name> with SYSTEM includes (no warnings from it).
# Debian's header-only -dev packages are reached through links in the build folder, so that the same lines serve
# Emscripten, which must not see /usr/include itself.

set(_links "${CMAKE_BINARY_DIR}/third_party/include")
file(MAKE_DIRECTORY "${_links}")
function(terpsi_link_headers name)
  find_path(TERPSI_${name}_PARENT NAMES ${ARGN} PATHS /usr/include/eigen3 /usr/include /usr/local/include
            NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
  if(NOT TERPSI_${name}_PARENT)
    message(FATAL_ERROR "The headers of ${name} are missing. Run tools/setup.sh, which installs them.")
  endif()
  file(CREATE_LINK "${TERPSI_${name}_PARENT}/${name}" "${_links}/${name}" SYMBOLIC)
endfunction()
function(terpsi_need_file file)
  if(NOT EXISTS "${file}")
    message(FATAL_ERROR "${file} is missing. Run tools/setup.sh, which fetches it.")
  endif()
endfunction()

terpsi_link_headers(Eigen Eigen/Core)
terpsi_link_headers(nlohmann nlohmann/json.hpp)
add_library(third_headers INTERFACE)
target_include_directories(third_headers SYSTEM INTERFACE "${_links}")

# KissFFT, single precision. Only core/audio/stft.cpp uses it.
terpsi_need_file("${TERPSI_DEPS}/kissfft/kiss_fftr.c")
add_library(third_kissfft STATIC "${TERPSI_DEPS}/kissfft/kiss_fft.c" "${TERPSI_DEPS}/kissfft/kiss_fftr.c")
target_include_directories(third_kissfft SYSTEM PUBLIC "${TERPSI_DEPS}/kissfft")
target_compile_options(third_kissfft PRIVATE -w)

if(NOT EMSCRIPTEN)
  find_package(ZLIB REQUIRED)
endif()

if(TERPSI_NATIVE)
  find_package(Threads REQUIRED)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(third_sndfile REQUIRED IMPORTED_TARGET sndfile)
  pkg_check_modules(third_sqlite REQUIRED IMPORTED_TARGET sqlite3)
  pkg_check_modules(third_nats REQUIRED IMPORTED_TARGET libnats)
  pkg_check_modules(third_seccomp REQUIRED IMPORTED_TARGET libseccomp)
  pkg_check_modules(third_png REQUIRED IMPORTED_TARGET libpng)
  terpsi_link_headers(CLI CLI/CLI.hpp)

  terpsi_need_file("${TERPSI_DEPS}/cpp-httplib/httplib.h")
  # Its own script cuts the header into declarations and a source file: the header whole costs 20 s in every file.
  set(_httplib "${CMAKE_BINARY_DIR}/third_party/httplib")
  add_custom_command(
    OUTPUT "${_httplib}/httplib.h" "${_httplib}/httplib.cc"
    COMMAND python3 "${TERPSI_DEPS}/cpp-httplib/split.py" -o "${_httplib}"
    DEPENDS "${TERPSI_DEPS}/cpp-httplib/httplib.h" VERBATIM)
  add_library(third_httplib STATIC "${_httplib}/httplib.cc" "${_httplib}/httplib.h")
  target_include_directories(third_httplib SYSTEM PUBLIC "${_httplib}")
  target_compile_options(third_httplib PRIVATE -w)
  if(TERPSI_SANITIZE AND NOT TERPSI_SANITIZE STREQUAL "thread")
    target_compile_options(third_httplib PRIVATE -fno-sanitize=undefined)  # half the time it compiles
  endif()
  target_compile_definitions(third_httplib PUBLIC
    CPPHTTPLIB_USE_POLL               # select() cannot take more than 1024 connections
    CPPHTTPLIB_LISTEN_BACKLOG=1024)
  target_link_libraries(third_httplib PUBLIC Threads::Threads)

  file(GLOB _ort_lib "${ONNXRUNTIME_ROOT}/lib/libonnxruntime.so.1" "${ONNXRUNTIME_ROOT}/lib/libonnxruntime.so")
  if(NOT _ort_lib OR NOT EXISTS "${ONNXRUNTIME_ROOT}/include/onnxruntime_c_api.h")
    message(FATAL_ERROR "ONNX Runtime is not at ${ONNXRUNTIME_ROOT}. Run tools/setup.sh, or give -DONNXRUNTIME_ROOT=.")
  endif()
  list(GET _ort_lib 0 _ort_lib)
  add_library(third_onnxruntime SHARED IMPORTED)
  set_target_properties(third_onnxruntime PROPERTIES
    IMPORTED_LOCATION "${_ort_lib}"
    IMPORTED_SONAME libonnxruntime.so.1
    INTERFACE_INCLUDE_DIRECTORIES "${ONNXRUNTIME_ROOT}/include")
endif()

if(EMSCRIPTEN)
  # Dear ImGui without its demo window, drawing through WebGL2; wasm/view/ feeds it input and the clock itself.
  terpsi_need_file("${TERPSI_DEPS}/imgui/imgui.h")
  set(_imgui "${TERPSI_DEPS}/imgui")
  add_library(third_imgui STATIC
    "${_imgui}/imgui.cpp" "${_imgui}/imgui_draw.cpp" "${_imgui}/imgui_tables.cpp" "${_imgui}/imgui_widgets.cpp"
    "${_imgui}/backends/imgui_impl_opengl3.cpp")
  target_include_directories(third_imgui SYSTEM PUBLIC "${_imgui}" "${_imgui}/backends")
  target_compile_definitions(third_imgui PUBLIC
    IMGUI_IMPL_OPENGL_ES3 IMGUI_DISABLE_DEMO_WINDOWS IMGUI_DISABLE_DEBUG_TOOLS IMGUI_DISABLE_FILE_FUNCTIONS
    IMGUI_DISABLE_OBSOLETE_FUNCTIONS)
  target_compile_options(third_imgui PRIVATE -w)
endif()
