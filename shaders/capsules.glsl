// The dancers' bodies as occluders: kCapsules rounded cones each, the lead's first. A body darkens itself and the
// floor; `first` is the number of its first cone.
//   a.xyz, b.xyz: world end points (m); a.w, b.w: radii (m)
//   wide.xyz: direction of the full radius; wide.w: share of it across

const int kCapsules = 24;
layout(std140) uniform Bodies {
  vec4 u_a[kCapsules * kMaxDancers];
  vec4 u_b[kCapsules * kMaxDancers];
  vec4 u_wide[kCapsules * kMaxDancers];
};
uniform int u_touching[kCapsules];  // bit i: capsule i shares a joint with this one and does not darken it

// Ambient occlusion at p with normal n: each capsule acts as the sphere around its point nearest to p, whose
// cosine-weighted form factor is cos(theta) * r^2 / d^2 (sphere above a plane element).
float sky_visibility(vec3 p, vec3 n, int first, int skip) {
  float sky = 1.0;
  for (int k = 0; k < kCapsules; ++k) {
    if (((skip >> k) & 1) != 0) continue;
    int i = first + k;
    vec3 axis = u_b[i].xyz - u_a[i].xyz;
    float h = clamp(dot(p - u_a[i].xyz, axis) / max(dot(axis, axis), 1e-6), 0.0, 1.0);
    vec3 d = u_a[i].xyz + axis * h - p;
    float r = mix(u_a[i].w, u_b[i].w, h) * (0.4 + 0.6 * u_wide[i].w);
    float dd = max(dot(d, d), r * r);
    sky *= 1.0 - 0.75 * max(dot(n, d) * inversesqrt(dd), 0.0) * r * r / dd;
  }
  return sky;
}

// Share of a round lamp in direction `light` seen from p, 0 to 1. For each capsule: nearest approach of the ray and
// the capsule's axis; the penumbra widens with the distance travelled (softness = tangent of the lamp's half angle).
float light_visibility(vec3 p, vec3 light, float softness, int first, int skip) {
  float seen = 1.0;
  for (int k = 0; k < kCapsules; ++k) {
    if (((skip >> k) & 1) != 0) continue;
    int i = first + k;
    vec3 axis = u_b[i].xyz - u_a[i].xyz;
    vec3 w = p - u_a[i].xyz;
    float aa = max(dot(axis, axis), 1e-6);
    float al = dot(axis, light);
    float wl = dot(w, light);
    float h = clamp((dot(w, axis) - wl * al) / max(aa - al * al, 1e-5 * aa), 0.0, 1.0);
    float t = max(dot(u_a[i].xyz + axis * h - p, light), 0.0);
    h = clamp(dot(p + light * t - u_a[i].xyz, axis) / aa, 0.0, 1.0);
    vec3 nearest = u_a[i].xyz + axis * h;
    float gap = length(p + light * t - nearest) - mix(u_a[i].w, u_b[i].w, h) * (0.4 + 0.6 * u_wide[i].w);
    float penumbra = softness * t + 0.004;
    if (t > 0.0) seen = min(seen, smoothstep(-penumbra, penumbra, gap));
  }
  return seen;
}
