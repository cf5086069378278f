#pragma once
// Descriptors of the whole song that the dance style is chosen from.

#include "audio/music.h"

namespace terpsi::audio {

struct SpectralFeatures;

// Reads tempo, metre, beats and loudness of `music`. Finite for any input that describe accepts.
Character find_character(const SpectralFeatures& spectral, const MusicAnalysis& music);

}  // namespace terpsi::audio
