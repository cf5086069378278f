# shaders/*.glsl become string constants in <build>/generated/shaders.h:
# shaders/capsule.vert.glsl -> terpsi::shaders::capsule_vert (a NUL-terminated const char array).
# Link `terpsi_shaders` and write #include "generated/shaders.h".
file(GLOB _glsl CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/shaders/*.glsl")
set(_header "${CMAKE_BINARY_DIR}/generated/shaders.h")
add_custom_command(
  OUTPUT "${_header}"
  COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${_header}" "-DSHADERS=${_glsl}" -P "${CMAKE_SOURCE_DIR}/cmake/EmbedShaders.cmake"
  DEPENDS ${_glsl} "${CMAKE_SOURCE_DIR}/cmake/EmbedShaders.cmake"
  COMMENT "Embedding shaders" VERBATIM)
add_custom_target(terpsi_shaders_header DEPENDS "${_header}")
add_library(terpsi_shaders INTERFACE)
target_include_directories(terpsi_shaders INTERFACE "${CMAKE_BINARY_DIR}")
add_dependencies(terpsi_shaders terpsi_shaders_header)
