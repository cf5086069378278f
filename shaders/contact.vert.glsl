// Fills the floor's texture: one tile for each dancer, four in a row.
uniform vec3 u_patches[kMaxDancers];  // centre x, centre z, half size (m)
out vec3 v_floor;
flat out vec2 v_centre;
flat out int v_first;

void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  vec3 patch_here = u_patches[gl_InstanceID];
  vec2 around = (corner * 2.0 - 1.0) * patch_here.z;
  v_centre = patch_here.xy;
  v_floor = vec3(patch_here.x + around.x, 0.0, patch_here.y + around.y);
  v_first = gl_InstanceID * kCapsules;
  vec2 tile = vec2(float(gl_InstanceID % 4), float(gl_InstanceID / 4));
  gl_Position = vec4((tile + corner) * vec2(0.5, 1.0) - 1.0, 0.0, 1.0);
}
