#version 300 es
precision highp float;
precision highp int;

// Shared by every shader of the stage. Units are metres, colours are linear light until to_screen().

const int kMaxDancers = 8;

const vec3 kKeyLight = normalize(vec3(-0.42, 0.86, 0.46));   // towards the soft warm lamp
const vec3 kRimLight = normalize(vec3(0.55, 0.42, -0.72));   // towards the cool lamp behind the dancer
const vec3 kKeyColour = vec3(1.00, 0.90, 0.78);
const vec3 kRimColour = vec3(0.42, 0.62, 1.00);
const vec3 kSkyColour = vec3(0.115, 0.135, 0.20);
const vec3 kGroundColour = vec3(0.050, 0.040, 0.050);

// A value in [0, 1) that differs from pixel to pixel (interleaved gradient noise, Jimenez 2014), to hide banding.
float dither(vec2 pixel) {
  return fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715))));
}

// Linear light to sRGB with a gentle shoulder, so that highlights roll off instead of clipping.
vec3 to_screen(vec3 colour, vec2 pixel) {
  colour = colour * (1.0 + colour * 0.18) / (1.0 + colour * 0.62);
  vec3 srgb = mix(colour * 12.92, 1.055 * pow(max(colour, vec3(0.0)), vec3(1.0 / 2.4)) - 0.055,
                  step(vec3(0.0031308), colour));
  return srgb + (dither(pixel) - 0.5) / 255.0;
}
