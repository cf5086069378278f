#include "gl.h"

#include <array>
#include <cstdio>
#include <vector>

namespace terpsi::view {
namespace {

GLuint compile(GLenum kind, std::initializer_list<std::string_view> parts) {
  std::vector<const char*> text;
  std::vector<GLint> sizes;
  for (std::string_view part : parts) {
    text.push_back(part.data());
    sizes.push_back(static_cast<GLint>(part.size()));
  }
  const GLuint shader = glCreateShader(kind);
  glShaderSource(shader, static_cast<GLsizei>(text.size()), text.data(), sizes.data());
  glCompileShader(shader);
  GLint ok = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
  if (ok == 0) {
    std::array<char, 1024> log{};
    glGetShaderInfoLog(shader, static_cast<GLsizei>(log.size()), nullptr, log.data());
    std::fprintf(stderr, "shader: %s\n", log.data());
    glDeleteShader(shader);
    return 0;
  }
  return shader;
}

}  // namespace

GLuint make_program(std::initializer_list<std::string_view> vertex,
                    std::initializer_list<std::string_view> fragment) {
  const GLuint v = compile(GL_VERTEX_SHADER, vertex);
  const GLuint f = compile(GL_FRAGMENT_SHADER, fragment);
  if (v == 0 || f == 0) return 0;
  const GLuint program = glCreateProgram();
  glAttachShader(program, v);
  glAttachShader(program, f);
  glLinkProgram(program);
  glDeleteShader(v);
  glDeleteShader(f);
  GLint ok = 0;
  glGetProgramiv(program, GL_LINK_STATUS, &ok);
  if (ok == 0) {
    std::array<char, 1024> log{};
    glGetProgramInfoLog(program, static_cast<GLsizei>(log.size()), nullptr, log.data());
    std::fprintf(stderr, "program: %s\n", log.data());
    glDeleteProgram(program);
    return 0;
  }
  return program;
}

}  // namespace terpsi::view
