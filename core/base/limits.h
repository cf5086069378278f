#pragma once
// Every bound the program enforces, in one table.

#include <cstddef>
#include <cstdint>

namespace terpsi::limits {

// Audio
inline constexpr double kMinAudioSeconds = 1.0;
inline constexpr double kMaxAudioSeconds = 15.0 * 60.0;
inline constexpr int kMinSampleRate = 8000;
inline constexpr int kMaxSampleRate = 192000;
inline constexpr int kMaxChannels = 8;
inline constexpr std::size_t kMaxAudioFileBytes = 192u << 20;  // local files; uploads are bounded separately
inline constexpr float kSilencePeak = 1e-4f;                   // a song whose peak is below this is silent

// Scores (MIDI); they last as long as audio may
inline constexpr std::size_t kMaxMidiBytes = 16u << 20;
inline constexpr std::size_t kMaxMidiEvents = 2000000;
inline constexpr std::size_t kMaxNotes = 200000;
inline constexpr std::size_t kMaxBars = 20000;
inline constexpr std::size_t kMaxTrackNames = 64;
inline constexpr std::size_t kMaxVoices = 96;  // notes that sound at once; a further one ends the oldest

// Motion
inline constexpr int kFps = 30;
inline constexpr std::int64_t kMaxFrames = static_cast<std::int64_t>(kMaxAudioSeconds * kFps);
inline constexpr std::size_t kMaxMotionFileBytes = 64u << 20;  // BVH, NPZ, JSON
inline constexpr std::size_t kMaxDanceFileBytes = 4u << 20;
inline constexpr int kMaxBvhJoints = 256;

// Models
inline constexpr std::size_t kMaxManifestBytes = 16u << 20;
inline constexpr std::size_t kMaxModelBytes = 256u << 20;
inline constexpr std::size_t kMaxModels = 64;
inline constexpr int kMaxWindow = 1024;  // frames of one network pass
inline constexpr std::size_t kMaxStyles = 64;
inline constexpr std::size_t kMaxPhrases = 20000;
inline constexpr std::size_t kMaxNext = 256;  // successors of a phrase
inline constexpr std::size_t kMaxSamplerSteps = 64;
inline constexpr double kMaxGuidance = 20.0;  // classifier-free guidance scale
inline constexpr int kMaxCandidates = 64;     // dances to choose from, for each section

// Constraints
inline constexpr std::size_t kMaxConstraintsBytes = 4u << 20;
inline constexpr int kMaxConstraintsDepth = 8;  // of nested arrays and objects in the file
inline constexpr std::size_t kMaxKeyframes = 2000;
inline constexpr std::size_t kMaxKeptRanges = 200;
inline constexpr std::size_t kMaxKeptDances = 16;
inline constexpr std::size_t kMaxPathPoints = 5000;
inline constexpr float kMaxFloorMetres = 100.f;  // of a demanded place from the middle of the stage

// Shape of a dance
inline constexpr std::size_t kMaxSectionStyles = 64;
inline constexpr int kMaxDancers = 8;
inline constexpr double kMinSpacing = 0.5, kMaxSpacing = 10.0;  // metres between dancers

// Evaluation
inline constexpr std::size_t kMaxRecordings = 2000;  // motions in one folder
inline constexpr std::size_t kMaxSets = 64;
inline constexpr double kMinSegmentSeconds = 1, kMaxSegmentSeconds = 60;

// Storage
inline constexpr std::size_t kMaxBlobBytes = kMaxDanceFileBytes;  // of one stored file
inline constexpr std::size_t kDanceCacheBytes = 64u << 20;        // of dances in memory

// Server
inline constexpr std::size_t kMaxServedFileBytes = 256u << 20;     // larger files are not served
inline constexpr std::size_t kMaxRequestLineBytes = 8192;          // method, address, version
inline constexpr std::size_t kMaxHeaderBytes = 32u << 10;          // all header lines of a request
inline constexpr std::size_t kMaxUploadBytes = 32u << 20;          // of a request with a song
inline constexpr std::size_t kMaxRenderRequestBytes = 900u << 10;  // JSON; fits a message of a NATS server
inline constexpr int kMaxJsonDepth = 16;                           // of nested arrays and objects
inline constexpr int kMaxQueuedRenders = 32;                       // waiting, in total
inline constexpr int kMaxRendersPerClient = 2;                     // waiting or running
inline constexpr int kMaxRenderAttempts = 3;
inline constexpr int kRenderTimeoutSeconds = 600;
inline constexpr int kRenderKeptSeconds = 24 * 3600;         // how long a render and its result are kept
inline constexpr int kMaxEventStreams = 128;                 // open at once
inline constexpr int kMaxDecoders = 2;                       // child processes that decode songs, at once
inline constexpr double kDecodeSeconds = 40;                 // of the wall clock, for one of them
inline constexpr int kDecodeCpuSeconds = 20;                 // of its processor
inline constexpr std::size_t kDecodeMemoryBytes = 1u << 30;  // of its addresses, the program's own included

// Pictures
inline constexpr int kMaxPictureSide = 4096;  // pixels

// Text
inline constexpr std::size_t kMaxTitleBytes = 200;

}  // namespace terpsi::limits
