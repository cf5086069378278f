// A calm wall of darkness with a faint glow behind the dancer.
in vec2 v_screen;
uniform float u_aspect;    // width / height
uniform float u_horizon;   // screen y of the horizon, -1 to 1
uniform vec2 u_dancer;     // screen position of the dancer's chest
out vec4 o_colour;

void main() {
  float up = clamp((v_screen.y - u_horizon) * 0.5, -1.0, 1.0);
  vec3 wall = mix(vec3(0.0078, 0.0084, 0.0130), vec3(0.0036, 0.0038, 0.0064), smoothstep(0.0, 0.9, up));
  vec2 d = (v_screen - u_dancer) * vec2(u_aspect, 1.0);
  wall += vec3(0.0095, 0.0105, 0.0205) * exp(-dot(d, d) * 0.9);
  wall *= 1.0 - 0.18 * dot(v_screen, v_screen) * 0.5;
  o_colour = vec4(to_screen(wall, gl_FragCoord.xy), 1.0);
}
