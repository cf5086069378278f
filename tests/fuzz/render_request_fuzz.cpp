// Reads arbitrary bytes as a client's wish for a render; what is taken is within its bounds, and can be
// checked against a model.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/limits.h"
#include "base/text.h"
#include "core/generate/fixture.h"
#include "native/queue/render_request.h"

namespace {

void check(bool good) {
  if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace terpsi;
  static const auto model = test::small_model();
  const auto request = native::render_request_from_json({reinterpret_cast<const char*>(data), size});
  if (!request) {
    check(request.error().message.size() > 20);
    check(request.error().code != ErrorCode::internal);
    return 0;
  }
  const native::RenderOptions& options = request->options;
  check(options.dance.energy >= 0 && options.dance.energy <= 1);
  check(options.dance.variation >= 0 && options.dance.variation <= 1);
  check(options.candidates >= 1 && options.candidates <= native::kMaxServedCandidates);
  check(options.steps >= 0 && options.steps <= static_cast<int>(limits::kMaxSamplerSteps));
  check(!options.guidance || (*options.guidance >= 0 && *options.guidance <= limits::kMaxGuidance));
  check(request->title.size() <= limits::kMaxTitleBytes && is_plain_utf8(request->title));
  check(request->model.size() <= 64 && options.dance.style.size() <= 64);
  check(request->music.frames <= static_cast<std::size_t>(limits::kMaxFrames));
  const auto status = native::check_render_request(*request, model);
  check(status || status.error().message.size() > 20);
  return 0;
}
