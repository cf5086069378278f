// One rounded cone per instance; a_ring is a unit direction in the plane across the axis plus a mesh row.
//   a_ring.xy: direction around the axis; a_ring.z: row 0 to 1 within the cap; a_ring.w: 0 = end a, 1 = end b
layout(location = 0) in vec4 a_ring;

uniform mat4 u_view_projection;
uniform int u_colour[kCapsules];  // 0 body, 1 left accent, 2 right accent, 3 joint
uniform float u_side;             // 1 = the dancer, -1 = the reflection below the floor

out vec3 v_world;
out vec3 v_normal;
out vec2 v_light;  // share of the key light, share of the sky
flat out int v_colour;

void main() {
  int part = gl_InstanceID % kCapsules;
  int first = gl_InstanceID - part;
  vec3 a = u_a[gl_InstanceID].xyz;
  vec3 b = u_b[gl_InstanceID].xyz;
  float ra = u_a[gl_InstanceID].w;
  float rb = u_b[gl_InstanceID].w;

  vec3 axis = b - a;
  float len = max(length(axis), 1e-4);
  axis /= len;
  vec3 wide = u_wide[gl_InstanceID].xyz;
  if (abs(dot(wide, axis)) > 0.9) wide = abs(axis.y) < 0.9 ? vec3(0, 1, 0) : vec3(1, 0, 0);
  float depth = u_wide[gl_InstanceID].w;
  vec3 across = normalize(cross(axis, wide));
  vec3 side = cross(across, axis);

  // The cone touches both spheres at the same latitude; each end's cap stops there.
  float latitude = asin(clamp((ra - rb) / len, -0.999, 0.999));
  float quarter = 1.57079633;
  float row = a_ring.w < 0.5 ? mix(-quarter, latitude, a_ring.z) : mix(latitude, quarter, a_ring.z);
  vec3 out_side = cos(row) * a_ring.x * side + sin(row) * axis;
  vec3 p = (a_ring.w < 0.5 ? a : b) + (out_side + cos(row) * a_ring.y * depth * across) * (a_ring.w < 0.5 ? ra : rb);
  vec3 normal = normalize(out_side + cos(row) * a_ring.y / depth * across);

  int skip = u_touching[part] | (1 << part);
  float ground = 1.0 - 0.45 * clamp(-normal.y, 0.0, 1.0) * exp(-max(p.y, 0.0) * 7.0);
  v_light = vec2(0.7, 0.7 * ground);  // the reflection is too faint to tell more
  if (u_side > 0.0) {
    v_light = vec2(light_visibility(p + normal * 0.004, kKeyLight, 0.12, first, skip), sky_visibility(p, normal, first, skip) * ground);
  }
  v_world = p * vec3(1.0, u_side, 1.0);
  v_normal = normal * vec3(1.0, u_side, 1.0);
  v_colour = u_colour[part];
  gl_Position = u_view_projection * vec4(v_world, 1.0);
}
