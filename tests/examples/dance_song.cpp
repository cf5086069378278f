// Listens to a song and dances to it: dance_song SONG MODELS OUT (OUT: .bvh, .dance, .glb or .json)
#include <cstdio>

#include "audio/describe/analysis.h"
#include "native/decode/decode.h"
#include "native/io/dance_files.h"
#include "native/networks/generator.h"
#include "native/networks/models.h"
#include "native/pipeline/render.h"

int fail(const terpsi::Error& error) {
  return std::fprintf(stderr, "%s\n", error.message.c_str()), 1;
}

int main(int argc, char** argv) {
  using namespace terpsi;
  if (argc != 4) return fail({ErrorCode::invalid_argument, "usage: dance_song SONG MODELS OUT"});
  const auto song = native::decode_file(argv[1]);
  if (!song) return fail(song.error());
  const auto music = audio::analyze(song->pcm);
  if (!music) return fail(music.error());
  std::printf("%.1f beats per minute, %zu beats\n", music->tempo_bpm, music->beats.size());

  const auto model = native::load_model(native::open_models(argv[2]), "");  // the manifest's first
  if (!model) return fail(model.error());
  auto generator = native::Generator::load(model->weights, model->info);
  if (!generator) return fail(generator.error());
  const native::RenderOptions options{.dance = {.style = "hiphop", .seed = 7}};
  auto render = native::render(*music, model->info, *generator, options);
  if (!render) return fail(render.error());

  format::Dance dance = native::provenance(*music, model->info, options.dance, render->condition);
  dance.clip = std::move(render->clip);
  if (const auto status = native::save_dance(argv[3], dance); !status) return fail(status.error());
  std::printf("%.1f s of %s in %s\n", dance.clip.seconds(), dance.style.c_str(), argv[3]);
}
