// Red: share of the key light reaching the floor; green: share of the sky seen from it.
in vec3 v_floor;
out vec4 o_share;

void main() {
  o_share = vec4(seen_light(v_floor, kKeyLight, 0.10, 0), open_sky(v_floor, vec3(0, 1, 0), 0), 0.0, 1.0);
}
