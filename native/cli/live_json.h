#pragma once
// A song heard as live input: what the page's listener would have said, and when.

#include <nlohmann/json.hpp>

#include "audio/pcm.h"

namespace terpsi::native {

// Streams the song through audio::LiveBeat in blocks of 128 samples. "beats", "downbeats": said at least
// "lead" seconds before they sound; "course": rows of time, bpm, confidence, twice a second; "load": seconds
// of processor time per second of sound. Precondition: audio::check_pcm(pcm).
nlohmann::ordered_json live_json(const audio::Pcm& pcm);

}  // namespace terpsi::native
