// Red: share of the key light reaching the floor; green: share of the sky seen from it.
in vec3 v_floor;
flat in vec2 v_centre;  // of the patch, x and z (m)
flat in int v_first;   // cone of the body above
out vec4 o_share;

void main() {
  // Arms reach 1 m, and the shadow of a raised hand falls another metre away from the lamp: nothing to do beyond.
  vec2 far = v_floor.xz - v_centre + kKeyLight.xz / kKeyLight.y * 0.7;
  if (dot(far, far) > 2.9) {
    o_share = vec4(1.0);
    return;
  }
  o_share = vec4(light_visibility(v_floor, kKeyLight, 0.10, v_first, 0), sky_visibility(v_floor, vec3(0, 1, 0), v_first, 0), 0.0, 1.0);
}
