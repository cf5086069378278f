// Dear ImGui's triangles: places in CSS pixels from the upper left corner.
layout(location = 0) in vec2 a_place;
layout(location = 1) in vec2 a_texel;
layout(location = 2) in vec4 a_colour;  // sRGB, straight alpha
uniform vec2 u_size;                    // of the window, CSS pixels
out vec2 v_texel;
out vec4 v_colour;

void main() {
  v_texel = a_texel;
  v_colour = a_colour;
  gl_Position = vec4(a_place / u_size * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, 1.0);
}
