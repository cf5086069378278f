// Dark polished floor: pool of light, grid that fades out, the dancers' shadows, a ring that breathes with the beat.
in vec3 v_world;
uniform vec3 u_eye;
uniform vec3 u_patches[kMaxDancers];  // of the contact texture: centre x, centre z, half size (m)
uniform int u_dancers;
uniform float u_reach;     // how much wider than for one dancer the lit place is, 1 or more
uniform float u_beat;      // 1 on a beat, falling to 0; 0 when reduced motion is asked for
uniform float u_reflect;   // 1: let the reflection below shine through
uniform sampler2D u_contact;
out vec4 o_colour;

// Coverage of grid lines `spacing` metres apart and `width` metres wide, filtered over the pixel's footprint.
float grid(vec2 p, float spacing, float width) {
  vec2 cell = p / spacing;
  vec2 footprint = max(fwidth(cell), vec2(1e-5));
  vec2 w = vec2(width / spacing) * 0.5;
  vec2 d = abs(fract(cell - 0.5) - 0.5);
  vec2 line = 1.0 - smoothstep(w - footprint * 0.5, w + footprint, d);
  line *= min(vec2(1.0), 2.0 * w / footprint + 0.12);
  return max(line.x, line.y);
}

void main() {
  vec2 p = v_world.xz;
  vec2 share = vec2(1.0);
  float nearest = 1e3;  // to a dancer, m
  for (int i = 0; i < u_dancers; ++i) {
    vec2 from_patch = (p - u_patches[i].xy) / u_patches[i].z;
    float inside = max(abs(from_patch.x), abs(from_patch.y));
    nearest = min(nearest, length(p - u_patches[i].xy));
    if (inside < 1.0) {
      vec2 tile = vec2(float(i % 4), float(i / 4));
      vec2 seen = textureLod(u_contact, (tile + from_patch * 0.5 + 0.5) * vec2(0.25, 0.5), 0.0).rg;
      share *= mix(seen, vec2(1.0), smoothstep(0.85, 1.0, inside));
    }
  }

  float centre = length(p);
  float pool = exp(-centre * centre * 0.105 / (u_reach * u_reach));
  vec3 eye = normalize(u_eye - v_world);
  float grazing = pow(1.0 - clamp(eye.y, 0.0, 1.0), 4.0);

  vec3 base = vec3(0.025, 0.027, 0.037);
  vec3 colour = base * (kKeyColour * (1.05 * pool * share.x) + (kSkyColour * 1.3) * share.y * (0.45 + 0.55 * pool));
  float lines = max(grid(p, 1.0, 0.012), 0.35 * grid(p, 0.25, 0.006) * exp(-centre * 0.5));
  colour += vec3(0.052, 0.062, 0.105) * lines * (0.12 + 0.5 * pool * share.x) * share.y;

  float ring = centre - 2.25 * u_reach;
  colour += vec3(0.10, 0.17, 0.28) * (exp(-ring * ring * 5000.0) * (0.25 + 0.75 * u_beat) + exp(-ring * ring * 60.0) * 0.16 * u_beat);
  colour += vec3(0.003, 0.004, 0.007) * grazing;

  float distance_fade = 1.0 - smoothstep(3.5, 11.0, length(p - u_eye.xz * 0.15));
  float cover = mix(1.0, 0.80, u_reflect * (1.0 - smoothstep(1.6, 3.2, nearest)));
  o_colour = vec4(to_screen(colour, gl_FragCoord.xy), distance_fade * cover);
}
