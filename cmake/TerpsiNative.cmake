# terpsi_native: everything of native/ but main.cpp, so that tests can link it. terpsi: the executable.
file(GLOB_RECURSE _native CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/native/*.cpp")
list(REMOVE_ITEM _native "${CMAKE_SOURCE_DIR}/native/main.cpp")
set(_main "${CMAKE_SOURCE_DIR}/native/main.cpp")
if(NOT TERPSI_COMMAND_LINE)
  list(FILTER _native EXCLUDE REGEX "/native/cli/")
  set(_main "${CMAKE_SOURCE_DIR}/tests/decode_child_main.cpp")
endif()
if(NOT _native)
  set(_native "${CMAKE_BINARY_DIR}/generated/empty_native.cpp")
  file(WRITE "${_native}" "")
endif()
# native/server/openapi.yaml becomes the constant kOpenApi.
set(_openapi "${CMAKE_SOURCE_DIR}/native/server/openapi.yaml")
set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${_openapi}")
file(READ "${_openapi}" _openapi)
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/generated/openapi.h" @ONLY CONTENT [=[
#pragma once
// Generated from native/server/openapi.yaml.
namespace terpsi::native {
inline constexpr char kOpenApi[] = R"yaml(@_openapi@)yaml";
}
]=])
terpsi_units(_native ${_native})
add_library(terpsi_native STATIC ${_native})
target_include_directories(terpsi_native PUBLIC "${CMAKE_SOURCE_DIR}" PRIVATE "${CMAKE_BINARY_DIR}")
target_compile_definitions(terpsi_native PUBLIC TERPSI_VERSION="${PROJECT_VERSION}")
target_link_libraries(terpsi_native
  PUBLIC terpsi_core third_headers PkgConfig::third_sndfile third_onnxruntime third_httplib
         PkgConfig::third_sqlite PkgConfig::third_nats PkgConfig::third_seccomp PkgConfig::third_png
  PRIVATE terpsi_flags)

if(EXISTS "${_main}")
  add_executable(terpsi "${_main}")
  target_link_libraries(terpsi PRIVATE terpsi_native terpsi_flags)
  # libonnxruntime is looked for next to the executable first, then where it was linked (.deps).
  set_target_properties(terpsi PROPERTIES BUILD_RPATH "$ORIGIN" INSTALL_RPATH "$ORIGIN;$ORIGIN/../lib/terpsi"
                                          RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
  install(TARGETS terpsi RUNTIME DESTINATION bin)
  # Where find_folder (native/io/install.h) looks. The page is installed as it was built last: tools/build.sh wasm web.
  install(FILES "$<TARGET_FILE:third_onnxruntime>" DESTINATION lib/terpsi)
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/models/" DESTINATION share/terpsi/models PATTERN ".*" EXCLUDE)
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/web/dist/" DESTINATION share/terpsi/web/dist OPTIONAL PATTERN ".*" EXCLUDE)
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/docs/" DESTINATION share/doc/terpsi FILES_MATCHING PATTERN "*.md")
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/tools/deploy/" DESTINATION share/doc/terpsi/deploy)
  install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION share/doc/terpsi)
endif()
