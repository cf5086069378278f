#pragma once
// What kind of song it is, in numbers that a style of dance can be chosen by.

#include "audio/music.h"

namespace terpsi::audio {

struct SpectralFeatures;

// Reads tempo, metre, beats, loudness, onset of `music`; finite for any input that describe accepts.
Character find_character(const SpectralFeatures& spectral, const MusicAnalysis& music);

}  // namespace terpsi::audio
