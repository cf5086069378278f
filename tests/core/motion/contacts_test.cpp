#include "motion/contacts.h"

#include <doctest/doctest.h>

using namespace terpsi::motion;

TEST_CASE("an empty clip stays empty, old labels are overwritten") {
  Clip clip;
  label_contacts(clip);
  CHECK(clip.size() == 0);
  clip.frames.resize(1);
  clip.frames[0].contacts = {9, -1, 9, -1};
  label_contacts(clip);
  for (const float c : clip.frames[0].contacts) CHECK(c == 1);  // a single frame of the T-pose stands
}

TEST_CASE("standing, jumping, gliding") {
  Clip clip;
  clip.frames.resize(90);
  for (std::size_t i = 30; i < 60; ++i) clip.frames[i].root.y() += 0.3f;  // in the air
  for (std::size_t i = 60; i < 90; ++i)
    clip.frames[i].root.x() = 0.05f * static_cast<float>(i - 60);  // 1.5 m/s on the floor
  label_contacts(clip);
  for (std::size_t c = 0; c < kContacts; ++c) {
    CHECK(clip.frames[15].contacts[c] == 1);
    CHECK(clip.frames[45].contacts[c] == 0);
    CHECK(clip.frames[80].contacts[c] == 0);
  }
}

TEST_CASE("a lifted heel ends the ankle's contact, not the ball's") {
  Clip clip;
  clip.frames.resize(60);
  const float length = 0.135f;
  for (std::size_t i = 20; i < 40; ++i) {
    // Tip the left foot about its ball by lifting the hip's side of the chain: here simply raise the whole
    // body and point the foot.
    clip.frames[i].rotations[kLAnkle] = Quat(Eigen::AngleAxisf(0.7f, Eigen::Vector3f::UnitX()));
    clip.frames[i].root.y() += 0.62f * length;
  }
  label_contacts(clip);
  CHECK(clip.frames[30].contacts[kContactLAnkle] == 0);
  CHECK(clip.frames[30].contacts[kContactLFoot] == 1);
  CHECK(clip.frames[30].contacts[kContactRFoot] == 0);
}

TEST_CASE("a flicker of two frames is no contact and no gap") {
  Clip clip;
  clip.frames.resize(60);
  clip.frames[30].root.y() += 0.2f;  // one frame of noise
  label_contacts(clip);
  CHECK(clip.frames[30].contacts[kContactLFoot] == 1);
}
