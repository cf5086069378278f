// A large square at y = 0.
uniform mat4 u_view_projection;
uniform vec3 u_centre;  // x, z: the square follows the dancer; unused y
out vec3 v_world;

void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  v_world = vec3(u_centre.x + corner.x * 16.0, 0.0, u_centre.z + corner.y * 16.0);
  gl_Position = u_view_projection * vec4(v_world, 1.0);
}
