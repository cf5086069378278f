#pragma once
// The few WebGL2 helpers the stage needs.

#include <GLES3/gl3.h>

#include <string_view>

namespace terpsi::view {

// Compiles and links; 0 and a line in the browser's console on failure. Sources are concatenated in order.
GLuint make_program(std::initializer_list<std::string_view> vertex,
                    std::initializer_list<std::string_view> fragment);

inline GLint uniform(GLuint program, const char* name) {
  return glGetUniformLocation(program, name);
}

}  // namespace terpsi::view
