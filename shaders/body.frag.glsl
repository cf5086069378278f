// Porcelain under a warm key light, a cool rim light and a hemisphere of sky.
in vec3 v_world;
in vec3 v_normal;
in vec2 v_light;
flat in int v_colour;

uniform vec3 u_eye;
uniform float u_side;
out vec4 o_colour;

vec3 albedo() {
  if (v_colour == 1) return vec3(0.10, 0.56, 0.53);
  if (v_colour == 2) return vec3(0.86, 0.30, 0.17);
  if (v_colour == 3) return vec3(0.30, 0.29, 0.31);
  return vec3(0.70, 0.665, 0.635);
}

void main() {
  if (u_side < 0.0 && v_world.y > 0.0) discard;
  vec3 n = normalize(v_normal);
  vec3 eye = normalize(u_eye - v_world);
  vec3 key = vec3(kKeyLight.x, kKeyLight.y * u_side, kKeyLight.z);
  vec3 rim = vec3(kRimLight.x, kRimLight.y * u_side, kRimLight.z);

  float up = n.y * u_side;
  float wrapped = clamp((dot(n, key) + 0.22) / 1.22, 0.0, 1.0);
  float facing = clamp(dot(n, eye), 0.0, 1.0);
  float fresnel = pow(1.0 - facing, 3.0);
  vec3 half_way = normalize(key + eye);

  vec3 base = albedo();
  vec3 light = kKeyColour * (1.28 * wrapped * wrapped * v_light.x);
  light += mix(kGroundColour, kSkyColour, 0.5 + 0.5 * up) * (1.5 * v_light.y);
  vec3 colour = base * light;
  colour += kKeyColour * (0.10 * v_light.x * pow(clamp(dot(n, half_way), 0.0, 1.0), 42.0));
  colour += kRimColour * (0.55 * fresnel * (0.10 + clamp(dot(n, rim) + 0.25, 0.0, 1.0)) * v_light.y);

  float fade = u_side < 0.0 ? 0.55 * exp(v_world.y * 2.4) : 1.0;
  o_colour = vec4(to_screen(colour, gl_FragCoord.xy), fade);
}
