// Reads a .dance file: what it says, and where the left hand is once a second. read_dance FILE
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "format/dance_file.h"
#include "motion/kinematics.h"

int main(int argc, char** argv) {
  using namespace terpsi;
  std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
  const std::vector<std::uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
  const auto dance = format::read_dance(bytes);
  if (!dance) return std::fprintf(stderr, "%s\n", dance.error().message.c_str()), 1;
  std::printf("%s, %.0f beats per minute, by %s\n", dance->style.c_str(), dance->tempo_bpm,
              dance->model_name.c_str());

  for (std::size_t i = 0; i < dance->clip.frames.size(); i += 30) {  // 30 frames a second
    const motion::JointPositions joints = motion::joint_positions(dance->clip.frames[i]);
    const motion::Vec3& hand = joints[motion::kLHand];
    std::printf("%3zu s: left hand at %+.2f %+.2f %+.2f m\n", i / 30, hand.x(), hand.y(), hand.z());
  }
}
