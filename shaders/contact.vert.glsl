// Fills the floor texture around the dancer.
uniform vec3 u_patch;  // centre x, centre z, half size (m)
out vec3 v_floor;

void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2)) * 2.0 - 1.0;
  v_floor = vec3(u_patch.x + corner.x * u_patch.z, 0.0, u_patch.y + corner.y * u_patch.z);
  gl_Position = vec4(corner, 0.0, 1.0);
}
