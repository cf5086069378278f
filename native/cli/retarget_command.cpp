#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "format/npz.h"
#include "motion/contacts.h"
#include "motion/foot_lock.h"
#include "motion/kinematics.h"
#include "motion/motion_vector.h"
#include "motion/retarget.h"
#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/io/file.h"

namespace terpsi::native {

namespace {

using Shape = std::vector<std::size_t>;

// The values of array `name`, which must have `rows` x `columns...` values; empty if it is absent.
Result<std::vector<float>> values_of(const format::Npz& npz, const char* name, const Shape& shape) {
  const auto found = npz.find(name);
  if (found == npz.end()) return std::vector<float>();
  if (found->second.shape != shape)
    return Error{ErrorCode::bad_format, std::string("Array '") + name + "' has the wrong shape."};
  return format::to_floats(found->second);
}

Result<motion::SourceMotion> read_source(const format::Npz& npz) {
  const auto found = npz.find("joints");
  if (found == npz.end() || found->second.shape.size() != 3 || !npz.count("fps"))
    return Error{ErrorCode::bad_format, "The file needs arrays 'joints' (frames, 24, 3) and 'fps'."};
  const std::size_t frames = found->second.shape[0];
  const auto joints = values_of(npz, "joints", {frames, motion::kJoints, 3});
  const auto fps = format::to_floats(npz.at("fps"));
  const auto quats = values_of(npz, "local_quat", {frames, motion::kJoints, 4});
  const auto mask = values_of(npz, "rot_mask", {motion::kJoints});
  const auto bad = values_of(npz, "bad", {frames});
  for (const auto* values : {&joints, &fps, &quats, &mask, &bad})
    if (!*values) return values->error();
  if (fps->size() != 1) return Error{ErrorCode::bad_format, "Array 'fps' must be one number."};

  motion::SourceMotion source;
  source.fps = static_cast<double>((*fps)[0]);
  source.joints.resize(frames);
  if (!quats->empty()) source.rotations.resize(frames);
  for (std::size_t i = 0; i < frames; ++i)
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      const float* p = joints->data() + (i * motion::kJoints + j) * 3;
      source.joints[i][j] = {p[0], p[1], p[2]};
      if (quats->empty()) continue;
      const float* q = quats->data() + (i * motion::kJoints + j) * 4;
      source.rotations[i][j] = motion::Quat(q[0], q[1], q[2], q[3]);
    }
  source.rotation_known.fill(!quats->empty());
  if (!mask->empty())
    for (std::size_t j = 0; j < motion::kJoints; ++j)
      source.rotation_known[j] = source.rotation_known[j] && (*mask)[j] != 0;
  for (const float b : *bad) source.bad.push_back(b != 0);
  return source;
}

// Reads `joints` (T,24,3), `fps`, and where present `local_quat` (T,24,4) w x y z with `rot_mask` (24,), and `bad` (T,).
// Writes, at 30 fps: `motion` (T',151), `joints` (T',24,3), `bad` (T',) uint8, `fps`, `scale` (our size / the source's).
// With lock_feet, planted feet are made to stand still and contacts are labelled again.
Status retarget_file(const std::string& in_npz, const std::string& out_npz, bool lock_feet) {
  const auto bytes = read_file(in_npz, limits::kMaxMotionFileBytes);
  if (!bytes) return bytes.error();
  const auto npz = format::parse_npz(*bytes);
  if (!npz) return npz.error();
  const auto source = read_source(*npz);
  if (!source) return source.error();
  auto result = motion::retarget(*source);
  if (!result) return result.error();
  motion::Clip& clip = result->clip;
  if (lock_feet) {
    motion::lock_feet(clip, motion::FootLock::automatic);
    motion::label_contacts(clip);
  }

  const std::size_t frames = clip.size();
  std::vector<float> places;
  for (const motion::JointPositions& pose : motion::joint_positions(clip))
    for (const motion::Vec3& p : pose) places.insert(places.end(), {p.x(), p.y(), p.z()});
  format::Npz out;
  out["motion"] = format::npy_floats(motion::encode(clip), {frames, motion::kMotionDims});
  out["joints"] = format::npy_floats(places, {frames, motion::kJoints, 3});
  out["bad"] = format::npy_bytes(result->bad, {frames});
  out["fps"] = format::npy_scalar(clip.fps);
  out["scale"] = format::npy_scalar(result->scale);
  return write_file(out_npz, format::write_npz(out));
}

}  // namespace

void add_retarget_command(Command& program) {
  struct RetargetOptions {
    std::string in, out;
    bool lock_feet = false;
  };
  auto options = std::make_shared<RetargetOptions>();
  Command command =
      program.subcommand("retarget", "Put motion capture (NPZ with joint positions) on our skeleton");
  command.option("in", options->in, "NPZ with joints (T, 24, 3) and fps").required();
  command.option("-o,--output", options->out, "NPZ to write: motion (T, 151), joints, bad, fps, scale")
      .required();
  command.flag("--lock-feet", options->lock_feet, "Make planted feet stand still");
  command.on_run([options]() -> int {
    if (auto refused = check_output(options->out, options->in); !refused)
      return fail(refused.error(), kExitUsage);
    const auto status = retarget_file(options->in, options->out, options->lock_feet);
    return status ? kExitOk : fail(status.error(), kExitInput);
  });
}

}  // namespace terpsi::native
