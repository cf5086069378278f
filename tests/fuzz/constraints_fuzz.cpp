// Reads arbitrary bytes as constraints; what is read is checked against a dance, and obeyed where it can be.

#include <cmath>
#include <cstdlib>

#include "core/generate/constrain/obedience.h"
#include "generate/constrain/constraint_blend.h"
#include "native/pipeline/constraints_json.h"

namespace {

terpsi::motion::Clip short_dance() {
  terpsi::motion::Clip clip;
  for (int i = 0; i < 60; ++i) {
    terpsi::motion::Frame frame;
    frame.root.x() = 0.1f * std::sin(0.2f * static_cast<float>(i));
    frame.rotations[terpsi::motion::kLElbow] =
        terpsi::motion::Quat(Eigen::AngleAxisf(0.02f * static_cast<float>(i), terpsi::motion::Vec3::UnitY()));
    clip.frames.push_back(frame);
  }
  return clip;
}

terpsi::Result<terpsi::format::Dance> load(const std::string& name) {
  if (name.size() % 7 == 6) return terpsi::Error{terpsi::ErrorCode::not_found, "no such dance"};
  terpsi::format::Dance dance;
  dance.clip = short_dance();
  return dance;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto constraints =
      terpsi::native::constraints_from_json({reinterpret_cast<const char*>(data), size}, load);
  if (!constraints) return 0;
  terpsi::motion::Clip clip = short_dance();
  if (!terpsi::generate::apply_constraints(clip, *constraints)) return 0;
  for (const auto& frame : clip.frames) {
    if (!frame.root.allFinite()) std::abort();
    for (const auto& q : frame.rotations) {
      if (!(std::abs(q.norm() - 1.f) < 0.01f)) std::abort();
    }
  }
  const auto off = terpsi::test::disobedience(clip, terpsi::generate::demands(*constraints, clip.size()));
  if (!constraints->empty() && !(off.metres < 0.001 && off.degrees < 0.1)) std::abort();
  return 0;
}
