// Of core_api.h: models, and the making of dances.

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "base/limits.h"
#include "generate/finish/finish.h"
#include "motion/kinematics.h"
#include "motion/mirror.h"
#include "motion/motion_vector.h"
#include "session.h"

namespace terpsi::wasm {
namespace {

static_assert(kPoseFloats == 3 + 4 * motion::kJoints + motion::kContacts);
static_assert(kJointFloats == 3 * motion::kJoints && kMotionDims == motion::kMotionDims);

void pack(const motion::Frame& frame, float* out) {
  for (int k = 0; k < 3; ++k) out[k] = frame.root[k];
  out += 3;
  for (const motion::Quat& q : frame.rotations) {
    *out++ = q.x();
    *out++ = q.y();
    *out++ = q.z();
    *out++ = q.w();
  }
  std::copy(frame.contacts.begin(), frame.contacts.end(), out);
}

}  // namespace
}  // namespace terpsi::wasm

using namespace terpsi;
using namespace terpsi::wasm;

extern "C" {

TERPSI_EXPORT int core_load_manifest(const char* json, int size) {
  forget_dance();
  session.model = nullptr;
  auto manifest = manifest::parse_manifest({json, static_cast<std::size_t>(std::max(0, size))});
  if (!manifest) return fail(manifest.error().message);
  session.manifest = std::move(*manifest);
  if (session.manifest.models.empty()) return fail("The list of models is empty. Reload the page.");
  session.model = &session.manifest.models.front();
  return 1;
}

TERPSI_EXPORT int core_choose_model(const char* name) {
  const manifest::ModelInfo* found = session.manifest.find(name);
  if (found == nullptr) return fail("There is no model called \"" + std::string(name) + "\" here.");
  forget_dance();
  session.model = found;
  return 1;
}

TERPSI_EXPORT int core_begin(const char* style, const char* section_styles, float energy, float variation,
                             std::uint32_t seed_low, std::uint32_t seed_high) {
  if (session.model == nullptr) return fail("No model is loaded yet. Reload the page.");
  if (session.music.frames == 0) return fail("There is no song to dance to yet. Choose one first.");
  forget_dance();
  auto places = generate::parse_section_styles(section_styles);
  if (!places) return fail(places.error().message);
  session.options.style = style;
  session.options.section_styles = std::move(*places);
  session.options.energy = energy;
  session.options.variation = variation;
  session.options.seed = (static_cast<std::uint64_t>(seed_high) << 32) | seed_low;
  auto condition = generate::make_condition(session.music, *session.model, session.options);
  if (!condition) return fail(condition.error().message);
  session.condition = std::move(*condition);
  session.sampler.emplace(*session.model, session.condition, session.options.seed);
  return 1;
}

TERPSI_EXPORT const char* core_style_name() {
  if (session.opened) return session.opened->style.c_str();
  const auto at = static_cast<std::size_t>(session.condition.style);
  return session.model != nullptr && at < session.model->styles.size()
             ? session.model->styles[at].name.c_str()
             : "";
}

TERPSI_EXPORT const char* core_style_reason() {
  return session.condition.style_reason.c_str();
}

TERPSI_EXPORT int core_next() {
  if (!session.sampler || session.sampler->done()) return 0;
  const generate::StepInput& in = session.sampler->next();
  session.step = {in.batch,
                  session.model->window,
                  session.condition.columns,
                  in.x.data(),
                  in.t.data(),
                  in.cond.data(),
                  in.phrase.data(),
                  in.mask.empty() ? nullptr : in.mask.data()};
  session.result.resize(in.x.size());
  return 1;
}

TERPSI_EXPORT const Step* core_step() {
  return &session.step;
}

TERPSI_EXPORT float* core_result() {
  return session.result.data();
}

TERPSI_EXPORT int core_feed() {
  if (!session.sampler) return fail("The dance was cancelled.");
  const Status status = session.sampler->feed(session.result);
  return status ? 1 : fail(status.error().message);
}

TERPSI_EXPORT double core_progress() {
  if (session.opened) return 1.0;
  return session.sampler ? session.sampler->progress() : 0.0;
}

TERPSI_EXPORT int core_ready_frames() {
  if (session.opened) return static_cast<int>(session.opened->clip.size());
  return session.sampler ? session.sampler->ready_frames() : 0;
}

TERPSI_EXPORT int core_set_troupe(int dancers, int formation, float spacing) {
  const auto wide = static_cast<double>(spacing);
  if (dancers < 1 || dancers > limits::kMaxDancers || formation < 0 || formation > 2 ||
      !(wide >= limits::kMinSpacing && wide <= limits::kMaxSpacing))
    return fail("There can be 1 to 8 dancers, 0.5 to 10 metres apart.");
  session.troupe.dancers = dancers;
  session.troupe.formation = static_cast<generate::Formation>(formation);
  session.troupe.spacing = spacing;
  return 1;
}

TERPSI_EXPORT int core_update(int mirror) {
  if (!session.sampler && !session.opened) return fail("There is no dance yet.");
  session.clip =
      session.opened ? session.opened->clip : generate::finish(session.sampler->motion(), session.condition);
  if (mirror != 0) session.clip = motion::mirrored(session.clip);
  if (session.troupe.dancers > 1 && session.clip.size() > 0) {
    auto made = generate::make_troupe(session.clip, session.condition, session.troupe);
    if (!made) return fail(made.error().message);
    session.dancers = std::move(made->dancers);
  } else {
    session.dancers.assign(1, session.clip);
  }
  session.poses.resize(session.dancers.size() * session.clip.size() * static_cast<std::size_t>(kPoseFloats));
  float* out = session.poses.data();
  for (const motion::Clip& clip : session.dancers) {
    for (const motion::Frame& frame : clip.frames) {
      pack(frame, out);
      out += kPoseFloats;
    }
  }
  return 1;
}

TERPSI_EXPORT int core_dancers() {
  return static_cast<int>(session.dancers.size());
}

TERPSI_EXPORT int core_place_joints(int dancer) {
  session.joints.clear();
  if (dancer < 0 || dancer >= core_dancers()) return fail("There is no such dancer.");
  const motion::Clip& clip = session.dancers[static_cast<std::size_t>(dancer)];
  session.joints.reserve(clip.size() * static_cast<std::size_t>(kJointFloats));
  for (const motion::Frame& frame : clip.frames) {
    for (const motion::Vec3& p : motion::joint_positions(frame))
      session.joints.insert(session.joints.end(), {p.x(), p.y(), p.z()});
  }
  return 1;
}
}
