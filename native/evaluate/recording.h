#pragma once
// Loads motion to be measured: a dance (.dance, .bvh) or a clip on our skeleton (.npz, as `terpsi retarget`
// writes it). Arrays of the latter:
//   joints  (frames, 24, 3)  positions, m
//   bad     (frames)         not 0: the frame is not usable; optional
//   fps     scalar           30; optional
//   motion  (frames, 151)    motion vectors; optional

#include <string>
#include <vector>

#include "audio/music.h"
#include "base/result.h"
#include "motion/clip.h"

namespace terpsi::native {

// Consecutive frames, none of them bad.
struct Stretch {
  std::size_t from = 0;  // frame of the file
  std::vector<motion::JointPositions> joints;
  std::vector<motion::Frame> frames;  // the same as rotations; empty where the file has none
};

struct Recording {
  std::string name;                      // of the file, without folder and extension
  std::string style;                     // empty: unknown
  std::vector<Stretch> stretches;        // in order; each at least 1 s long
  std::vector<double> beats;             // seconds, ascending; empty: unknown
  std::vector<audio::Section> sections;  // of the song, in order; empty: unknown
  std::size_t frames = 0;                // of the stretches together
};

// Beats are those of a text file beside it (NAME.beats or NAME.beats.txt, see read_beats), else the dance
// file's own. Sections are those of NAME.sections beside it: start and end in seconds and a number, equal for sections
// that sound alike, on each line, without an overlap. Errors: those of the format; bad_format (array of a wrong shape, a rate that is not 30,
// positions that are not finite or beyond 10 km in frames not marked bad), empty (no second without a bad
// frame).
Result<Recording> load_recording(const std::string& path);

// Paths of the recordings in a folder, sorted by name; of files that differ in the extension only, the first
// of .dance, .npz and .bvh. Errors: not_found (no such folder), empty (none in it), too_large
// (limits::kMaxRecordings).
Result<std::vector<std::string>> recordings_in(const std::string& folder);

// Beat times of a text file: the first number of each line, # begins a comment; those in [from, to), relative
// to `from`, ascending. Errors: those of read_file, empty.
Result<std::vector<double>> read_beats(const std::string& path, double from, double to);

}  // namespace terpsi::native
