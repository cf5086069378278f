// One triangle that covers the screen.
out vec2 v_screen;  // -1 to 1

void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  v_screen = corner * 2.0 - 1.0;
  gl_Position = vec4(v_screen, 1.0, 1.0);
}
