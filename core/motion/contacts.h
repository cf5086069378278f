#pragma once
// Contact labels: which ankles and balls of the feet stand on the floor, by their height and speed.

#include <vector>

#include "motion/clip.h"

namespace terpsi::motion {

struct ContactThresholds {
  // Heights are above the joint's own rest height (kAnkleRestHeight, kFootRestHeight), metres; speeds are of
  // the joint, all three axes, m/s. A contact starts below the `on` pair and lasts until either `off` value
  // is passed.
  float height_on = 0.030f, height_off = 0.055f;
  float speed_on = 0.30f, speed_off = 0.55f;
  // Contacts shorter than this many seconds are dropped, gaps shorter than this are closed.
  float shortest = 0.12f;
};

// Overwrites Frame::contacts with 0 or 1. The floor is y = 0.
void label_contacts(Clip& clip, const ContactThresholds& thresholds = {});

// Of a series of 0 and 1: closes gaps, then drops runs of 1, that are shorter than `shortest` frames and lie
// between two runs of the other value.
void debounce(std::vector<char>& on, std::size_t shortest);

}  // namespace terpsi::motion
