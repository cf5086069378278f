#include "format/motion_codec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

#include "base/bytes.h"
#include "base/limits.h"
#include "format/motion_curves.h"
#include "format/range_coder.h"
#include "motion/kinematics.h"

namespace terpsi::format {
namespace {

using motion::kJoints, motion::Quat;

constexpr int kBlock = 24;               // frames from knot to knot
constexpr float kKnotUnit = 0.0005f;     // metres at the end of the limb
constexpr std::int64_t kCoarseKnot = 9;  // units of a knot step, unless the knot is coded finely
// Metres, step of the sine coefficients at scale 0; each further scale is finer by 2^(1/2).
constexpr float kCoarsest = 0.032f;
constexpr int kScales = 24;
constexpr int kTrunkLag = -2;          // a limb this much finer than the trunk pulls the trunk along
constexpr double kFarthestRoot = 100;  // metres
constexpr std::int64_t kLargestKnot = std::int64_t{1} << 30;
constexpr float kRounding = 0.42f;  // coefficients round to zero a little more readily than to nearest

float scale_step(int scale) {
  return kCoarsest * std::exp2(-0.5f * static_cast<float>(scale));
}

// sin(pi (j + 1) (i + 1) / n) for the n - 1 inner samples of a block of n frames.
class SineTransform {
 public:
  explicit SineTransform(int n) : n_(n), table_(static_cast<std::size_t>((n - 1) * (n - 1))) {
    for (int j = 1; j < n; ++j) {
      for (int i = 1; i < n; ++i) {
        at(j - 1, i - 1) = static_cast<float>(std::sin(std::numbers::pi * j * i / n));
      }
    }
  }
  int size() const { return n_ - 1; }
  // Coefficients of samples, or samples of coefficients: the transform is its own inverse up to a factor n /
  // 2.
  void apply(const float* in, float* out) const {
    for (int j = 0; j < size(); ++j) {
      float sum = 0.f;
      for (int i = 0; i < size(); ++i) sum += in[i] * table_[static_cast<std::size_t>(j * size() + i)];
      out[j] = sum;
    }
  }
  float normalise() const { return std::sqrt(2.f / static_cast<float>(n_)); }

 private:
  float& at(int j, int i) { return table_[static_cast<std::size_t>(j * size() + i)]; }
  int n_;
  std::vector<float> table_;
};

// ---- The code, shared by both directions

// Parts of the body that have a scale of their own: trunk (with root, neck and head), legs, arms.
constexpr std::size_t kParts = 5;
using Scales = std::array<std::int32_t, kParts>;

std::size_t part_of_joint(std::size_t joint) {
  constexpr std::size_t kPart[kJoints] = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2,
                                          0, 3, 4, 0, 3, 4, 3, 4, 3, 4, 3, 4};
  return kPart[joint];
}

std::size_t part_of(std::size_t curve) {
  return curve < 3 ? 0 : part_of_joint((curve - 3) / 3);
}

// Adaptive models. Curves of the root, the trunk and legs, and the arms have different statistics.
struct Models {
  static constexpr std::size_t kKinds = 3, kBands = 6, kNeighbours = 9;
  std::array<IntegerModel, kKinds> first, knot;
  std::array<std::array<std::array<IntegerModel, kNeighbours>, kBands>, kKinds> coefficient;
  std::array<std::array<BitModel, 64>, kKinds> count;  // of coefficients, six bits from the top
  std::array<IntegerModel, kParts> scale;
  BitModel fine;
  std::array<std::array<BitModel, 4>, motion::kContacts> contact;
};

std::size_t kind_of(std::size_t curve) {
  if (curve < 3) return 0;
  return (curve - 3) / 3 >= static_cast<std::size_t>(motion::kLCollar) ? 2 : 1;
}

std::size_t band_of(int coefficient) {
  constexpr int kEnds[] = {1, 2, 4, 8, 14};
  std::size_t band = 0;
  while (band < 5 && coefficient >= kEnds[band]) ++band;
  return band;
}

// Sine coefficients of one block, then zeros.
using Quantised = std::array<std::array<std::int32_t, kBlock + 2>, kCurves>;

// Context of coefficient j of curve c, one of kNeighbours classes, from the magnitudes around it:
// lower frequencies, the same ones a block ago, and the joint's other axes.
std::size_t neighbour_of(const Quantised& block, const Quantised& last, std::size_t c, std::size_t j) {
  const auto size = [](std::int32_t v) { return std::min(std::abs(v), 8); };
  int sum = 2 * size(last[c][j]) + size(last[c][j + 1]);
  if (j > 0) sum += 2 * size(block[c][j - 1]) + size(last[c][j - 1]);
  if (j > 1) sum += size(block[c][j - 2]);
  for (std::size_t axis = 1; axis <= c % 3; ++axis) sum += 2 * size(block[c - axis][j]);
  constexpr int kEnds[] = {1, 2, 3, 4, 6, 9, 13, 20};
  std::size_t level = 0;
  while (level < 8 && sum >= kEnds[level]) ++level;
  return level;
}

struct EncoderIo {
  RangeEncoder& coder;
  void integer(IntegerModel& model, std::int32_t& value) { encode_integer(coder, model, value); }
  void bit(BitModel& model, bool& value) { coder.bit(value, model); }
};

struct DecoderIo {
  RangeDecoder& coder;
  void integer(IntegerModel& model, std::int32_t& value) { value = decode_integer(coder, model); }
  void bit(BitModel& model, bool& value) { value = coder.bit(model); }
};

// Codes a count 0..63 from its top bit down.
template <class Io>
void code_count(Io& io, std::array<BitModel, 64>& models, int& count) {
  std::size_t node = 1;
  for (int i = 5; i >= 0; --i) {
    bool bit = ((count >> i) & 1) != 0;
    io.bit(models[node], bit);
    node = node * 2 + (bit ? 1 : 0);
  }
  count = static_cast<int>(node) - 64;
}

// One block's coefficients: per curve their number, then each, modelled by its neighbours in frequency and
// time.
template <class Io>
bool code_block(Io& io, Models& models, int size, const Quantised& last, Quantised& block) {
  for (std::size_t c = 0; c < kCurves; ++c) {
    const std::size_t kind = kind_of(c);
    int count = size;
    while (count > 0 && block[c][static_cast<std::size_t>(count - 1)] == 0) --count;
    code_count(io, models.count[kind], count);
    if (count > size) return false;
    for (int j = 0; j < count; ++j) {
      const auto k = static_cast<std::size_t>(j);
      io.integer(models.coefficient[kind][band_of(j)][neighbour_of(block, last, c, k)], block[c][k]);
    }
  }
  return true;
}

template <class Io>
void code_contacts(Io& io, Models& models, motion::Clip& clip) {
  for (std::size_t k = 0; k < motion::kContacts; ++k) {
    bool before = false;
    for (motion::Frame& frame : clip.frames) {
      const bool partner = (k & 1u) != 0 && frame.contacts[k - 1] >= 0.5f;  // the ankle of the same foot
      bool planted = frame.contacts[k] >= 0.5f;
      io.bit(models.contact[k][(before ? 1u : 0u) + (partner ? 2u : 0u)], planted);
      frame.contacts[k] = planted ? 1.f : 0.f;
      before = planted;
    }
  }
}

// A curve inside a block from its knots and coefficients: samples 1 .. n - 1 after the first knot at `begin`.
void rebuild(std::vector<float>& curve, std::size_t begin, const SineTransform& sine,
             const std::int32_t* coefficients, float step) {
  const int n = sine.size() + 1;
  std::array<float, kBlock> in{}, out{};
  for (int j = 0; j < sine.size(); ++j) {
    in[static_cast<std::size_t>(j)] = static_cast<float>(coefficients[j]) * step * sine.normalise();
  }
  sine.apply(in.data(), out.data());
  const float a = curve[begin], b = curve[begin + static_cast<std::size_t>(n)];
  for (int i = 1; i < n; ++i) {
    const float u = static_cast<float>(i) / static_cast<float>(n);
    curve[begin + static_cast<std::size_t>(i)] = a + u * (b - a) + out[static_cast<std::size_t>(i - 1)];
  }
}

void quantise(const std::vector<float>& original, const std::vector<float>& coded, std::size_t begin,
              const SineTransform& sine, float step, std::int32_t* coefficients) {
  const int n = sine.size() + 1;
  std::array<float, kBlock> in{}, out{};
  const float a = coded[begin], b = coded[begin + static_cast<std::size_t>(n)];
  for (int i = 1; i < n; ++i) {
    const float u = static_cast<float>(i) / static_cast<float>(n);
    in[static_cast<std::size_t>(i - 1)] = original[begin + static_cast<std::size_t>(i)] - (a + u * (b - a));
  }
  sine.apply(in.data(), out.data());
  for (int j = 0; j < sine.size(); ++j) {
    const float x = out[static_cast<std::size_t>(j)] * sine.normalise() / step;
    const float magnitude = std::min(std::floor(std::abs(x) + kRounding), 1e6f);
    coefficients[j] = static_cast<std::int32_t>(std::copysign(magnitude, x));
  }
}

float worst_error(const motion::JointPositions& a, const motion::JointPositions& b) {
  float worst = 0.f;
  for (std::size_t j = 0; j < kJoints; ++j) worst = std::max(worst, (a[j] - b[j]).norm());
  return worst;
}

Status check(const motion::Clip& clip) {
  if (clip.frames.empty()) return Error{ErrorCode::empty, "the dance has no frames; make one first"};
  if (clip.size() > static_cast<std::size_t>(limits::kMaxFrames)) {
    return Error{ErrorCode::too_large, "the dance has more than 27000 frames (15 minutes at 30 fps); cut it"};
  }
  if (!(clip.fps >= 1.f && clip.fps <= 240.f)) {
    return Error{ErrorCode::invalid_argument, "the frame rate must be 1 to 240 per second"};
  }
  for (const motion::Frame& frame : clip.frames) {
    bool good = frame.root.allFinite() && static_cast<double>(frame.root.norm()) <= kFarthestRoot;
    for (const Quat& q : frame.rotations) good = good && std::abs(q.norm() - 1.f) < 1e-2f;
    for (float contact : frame.contacts) good = good && std::isfinite(contact);
    if (!good) {
      return Error{ErrorCode::invalid_argument,
                   "the motion holds values that are not finite, not rotations, or over 100 m away; it "
                   "cannot be stored"};
    }
  }
  return ok_status();
}

// Codes a clip whose rotations are of unit length; call encode() once.
class Encoder {
 public:
  explicit Encoder(motion::Clip source)
      : source_(std::move(source)), original_(curves_of(source_)), coded_(original_) {
    last_scales_.fill(kScales / 3);
  }

  std::vector<std::uint8_t> encode() {
    knot(0, models_->first);
    for (std::size_t begin = 0; begin + 1 < source_.size();) {
      const auto n = static_cast<int>(std::min<std::size_t>(kBlock, source_.size() - 1 - begin));
      block(begin, n);
      begin += static_cast<std::size_t>(n);
    }
    code_contacts(io_, *models_, source_);
    return coder_.finish();
  }

 private:
  // The values at a block's border, in coarse steps where those are near enough.
  void knot(std::size_t frame, std::array<IntegerModel, Models::kKinds>& model) {
    std::array<std::int32_t, kCurves> changes{};
    const auto place = [&](std::int64_t step) {
      for (std::size_t c = 0; c < kCurves; ++c) {
        const float unit = kKnotUnit / leverage()[c];
        const float wanted = original_[c][frame] / unit - static_cast<float>(knots_[c]);
        changes[c] = static_cast<std::int32_t>(std::lround(wanted / static_cast<float>(step)));
        coded_[c][frame] = static_cast<float>(knots_[c] + changes[c] * step) * unit;
      }
      return worst_error(motion::joint_positions(source_.frames[frame]),
                         motion::joint_positions(frame_of(coded_, frame)));
    };
    bool fine = place(kCoarseKnot) > kMaxJointError;
    if (fine) place(1);
    io_.bit(models_->fine, fine);
    for (std::size_t c = 0; c < kCurves; ++c) {
      io_.integer(model[kind_of(c)], changes[c]);
      knots_[c] += changes[c] * (fine ? 1 : kCoarseKnot);
    }
  }

  // Frames begin + 1 to begin + n, at the coarsest scales that keep every joint near enough.
  void block(std::size_t begin, int n) {
    if (sine_.size() != n - 1) sine_ = SineTransform(n);
    knot(begin + static_cast<std::size_t>(n), models_->knot);
    Scales scales;
    for (std::size_t p = 0; p < kParts; ++p) scales[p] = std::max(last_scales_[p] - 4, 0);
    do {
      quantise_block(begin, n, scales);
    } while (refine(worst_errors(begin, n), scales));
    for (std::size_t p = 0; p < kParts; ++p) {
      std::int32_t change = scales[p] - last_scales_[p];
      io_.integer(models_->scale[p], change);
    }
    code_block(io_, *models_, n - 1, last_, block_);
    last_ = block_;
    last_scales_ = scales;
  }

  void quantise_block(std::size_t begin, int n, const Scales& scales) {
    for (std::size_t c = 0; c < kCurves; ++c) {
      const float step = scale_step(scales[part_of(c)]) / leverage()[c];
      quantise(original_[c], coded_[c], begin, sine_, step, block_[c].data());
      std::fill(block_[c].begin() + (n - 1), block_[c].end(), 0);
      rebuild(coded_[c], begin, sine_, block_[c].data(), step);
    }
  }

  // Of each part inside the block, metres.
  std::array<float, kParts> worst_errors(std::size_t begin, int n) const {
    std::array<float, kParts> worst{};
    for (std::size_t i = begin + 1; i < begin + static_cast<std::size_t>(n); ++i) {
      const auto a = motion::joint_positions(source_.frames[i]),
                 b = motion::joint_positions(frame_of(coded_, i));
      for (std::size_t j = 0; j < kJoints; ++j) {
        worst[part_of_joint(j)] = std::max(worst[part_of_joint(j)], (a[j] - b[j]).norm());
      }
    }
    return worst;
  }

  // Makes the scales of parts that are too far off finer; false if there was nothing to do.
  static bool refine(const std::array<float, kParts>& worst, Scales& scales) {
    bool finer = false;
    const auto raise = [&](std::size_t p) {
      if (scales[p] + 1 < kScales) ++scales[p], finer = true;
    };
    for (std::size_t p = 0; p < kParts; ++p) {
      if (worst[p] <= kMaxJointError) continue;
      if (p != 0 && scales[p] > scales[0] + kTrunkLag) raise(0);
      raise(p);
    }
    return finer;
  }

  motion::Clip source_;
  const Curves original_;
  Curves coded_;  // as a decoder will see them, up to the current block
  RangeEncoder coder_;
  EncoderIo io_{coder_};
  std::unique_ptr<Models> models_ = std::make_unique<Models>();
  std::array<std::int64_t, kCurves> knots_{};
  SineTransform sine_{kBlock};
  Quantised last_{}, block_{};
  Scales last_scales_;
};

constexpr std::size_t kHeader = 8;  // frames u32, frame rate in 1/1000 per second u32

const Error kDamagedMotion{ErrorCode::bad_format,
                           "the motion in this dance file is damaged; get the file again"};

}  // namespace

Result<std::vector<std::uint8_t>> encode_motion(const motion::Clip& clip) {
  if (const Status status = check(clip); !status) return status.error();
  motion::Clip source = clip;
  for (motion::Frame& frame : source.frames) {
    for (Quat& q : frame.rotations) q.normalize();
  }
  std::vector<std::uint8_t> out;
  put_little_endian(out, static_cast<std::uint32_t>(clip.size()));
  put_little_endian(out, static_cast<std::uint32_t>(std::lround(clip.fps * 1000.f)));
  const std::vector<std::uint8_t> body = Encoder(std::move(source)).encode();
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

Result<MotionHead> read_motion_head(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kHeader) return kDamagedMotion;
  const std::uint32_t frames = little_endian(bytes, 0), rate = little_endian(bytes, 4);
  if (frames > static_cast<std::uint32_t>(limits::kMaxFrames)) {
    return Error{ErrorCode::too_large,
                 "this dance file says it is longer than 15 minutes; it is damaged or not ours"};
  }
  if (frames == 0 || rate < 1000 || rate > 240000) return kDamagedMotion;
  return MotionHead{frames, static_cast<float>(rate) / 1000.f};
}

Result<motion::Clip> decode_motion(std::span<const std::uint8_t> bytes) {
  const auto head = read_motion_head(bytes);
  if (!head) return head.error();
  const std::size_t frames = head->frames;
  Curves curves;
  for (auto& curve : curves) curve.resize(frames);
  RangeDecoder coder(bytes.subspan(kHeader));
  DecoderIo io{coder};
  const auto models = std::make_unique<Models>();
  std::array<std::int64_t, kCurves> knots{};
  const auto code_knot = [&](std::size_t frame, std::array<IntegerModel, Models::kKinds>& model) {
    bool fine = false;
    io.bit(models->fine, fine);
    for (std::size_t c = 0; c < kCurves; ++c) {
      std::int32_t change = 0;
      io.integer(model[kind_of(c)], change);
      knots[c] = std::clamp(knots[c] + change * (fine ? 1 : kCoarseKnot), -kLargestKnot, kLargestKnot);
      curves[c][frame] = static_cast<float>(knots[c]) * (kKnotUnit / leverage()[c]);
    }
  };

  code_knot(0, models->first);
  Quantised last{};
  SineTransform sine(kBlock);
  Scales scales;
  scales.fill(kScales / 3);
  for (std::size_t begin = 0; begin + 1 < frames;) {
    const auto n = static_cast<int>(std::min<std::size_t>(kBlock, frames - 1 - begin));
    if (sine.size() != n - 1) sine = SineTransform(n);
    code_knot(begin + static_cast<std::size_t>(n), models->knot);
    for (std::size_t p = 0; p < kParts; ++p) {
      std::int32_t change = 0;
      io.integer(models->scale[p], change);
      scales[p] += change;
      if (scales[p] < 0 || scales[p] >= kScales) return kDamagedMotion;
    }
    Quantised block{};
    if (!code_block(io, *models, n - 1, last, block) || coder.overrun()) return kDamagedMotion;
    for (std::size_t c = 0; c < kCurves; ++c) {
      rebuild(curves[c], begin, sine, block[c].data(), scale_step(scales[part_of(c)]) / leverage()[c]);
    }
    last = block;
    begin += static_cast<std::size_t>(n);
  }
  motion::Clip clip;
  clip.fps = head->fps;
  clip.frames.reserve(frames);
  for (std::size_t i = 0; i < frames; ++i) clip.frames.push_back(frame_of(curves, i));
  code_contacts(io, *models, clip);
  if (coder.overrun() || !coder.at_end()) return kDamagedMotion;
  return clip;
}

}  // namespace terpsi::format
