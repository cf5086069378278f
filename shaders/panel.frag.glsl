in vec2 v_texel;
in vec4 v_colour;
uniform sampler2D u_atlas;  // red: coverage
out vec4 o_colour;

void main() {
  o_colour = vec4(v_colour.rgb, v_colour.a * texture(u_atlas, v_texel).r);
}
