#include "native/decode/sandbox.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "audio/resample.h"
#include "core/score/analyze_score.h"
#include "core/score/midi_writer.h"
#include "native/decode/decode_bytes.h"
#include "native/decode/decode_child.h"
#include "native/pipeline/heard_song.h"
#include "native/sound.h"
#include "native/temp_folder.h"
#include "score/midi_file.h"
#include "score/render.h"
#include "source_path.h"

using namespace terpsi;
using native::decode_sandboxed;
using native::SandboxOptions;

namespace {

using Bytes = std::vector<std::uint8_t>;

const SandboxOptions kTerpsi{.program = terpsi::project::executable_path()};

Bytes contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Bytes sound(int format, double seconds, int rate) {
  const test::TempFolder folder;
  REQUIRE(test::write_sound(folder / "song", format, test::noise(seconds, rate), rate));
  return contents_of(folder / "song");
}

// A program that is not a decoder. It is given one argument, as the decoder is.
std::string script(const test::TempFolder& folder, const std::string& lines) {
  const std::string path = folder.write("program", "#!/bin/sh\n" + lines + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

// How a confined process ends that does this; 0 to 255: it exits, else minus the signal.
template <class Work>
int confined(Work&& work) {
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    if (!native::confine()) ::_exit(200);
    ::_exit(work());
  }
  int how = 0;
  REQUIRE(::waitpid(pid, &how, 0) == pid);
  return WIFSIGNALED(how) ? -WTERMSIG(how) : WEXITSTATUS(how);
}

bool has_children() {
  return ::waitpid(-1, nullptr, WNOHANG) >= 0;  // ECHILD: neither running nor left behind
}

void little_endian(Bytes& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace

TEST_CASE("sandbox: garbage, cut files and liars are refused in the decoder's words") {
  const auto refused = [](const Bytes& bytes, ErrorCode code, const std::string& about) {
    const auto song = decode_sandboxed(bytes, kTerpsi);
    REQUIRE_FALSE(song);
    CHECK_MESSAGE(song.error().code == code, song.error().message);
    CHECK_MESSAGE(song.error().message.find(about) != std::string::npos, song.error().message);
  };
  refused({}, ErrorCode::empty, "empty");
  refused(Bytes(5000, 'x'), ErrorCode::bad_format, "text file");
  refused({'M', 'T', 'h', 'd', 0, 0, 0, 6, 0, 1}, ErrorCode::bad_format, "MIDI");
  refused({'f', 'L', 'a', 'C', 1, 2, 3}, ErrorCode::bad_format, "damaged");

  // Ten hours of 8000 Hz, 8 bit, says the header.
  Bytes ten_hours = sound(SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 2, 8000);
  REQUIRE(std::equal(ten_hours.begin() + 36, ten_hours.begin() + 40, "data"));
  little_endian(ten_hours, 4, 36 + 10 * 3600 * 8000);
  little_endian(ten_hours, 40, 10 * 3600 * 8000);
  const auto begun = std::chrono::steady_clock::now();
  refused(ten_hours, ErrorCode::too_large, "600 minutes");
  CHECK(seconds_since(begun) < 1);
  CHECK_FALSE(has_children());
}

TEST_CASE("sandbox: random bytes behind every magic number end in an error or a bounded song") {
  std::mt19937 random(1);
  for (const std::string magic : {"RIFF", "fLaC", "OggS", "ID3\x04", "\xff\xfb\x90\x64", "MThd"}) {
    Bytes bytes(magic.begin(), magic.end());
    while (bytes.size() < 3000) bytes.push_back(static_cast<std::uint8_t>(random()));
    const auto song = decode_sandboxed(bytes, kTerpsi);
    if (song) CHECK(song->pcm.seconds() <= 900.1);
    if (!song) CHECK(song.error().code != ErrorCode::internal);
  }
}

TEST_CASE("sandbox: every kind of sound arrives at the analysis rate, as it does without a sandbox") {
  struct Kind {
    int format, rate;
  };
  for (const Kind& kind :
       {Kind{SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100}, Kind{SF_FORMAT_WAV | SF_FORMAT_FLOAT, 22050},
        Kind{SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 48000}, Kind{SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 192000},
        Kind{SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 11111}, Kind{SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100},
        Kind{SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000},
        Kind{SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 32000}}) {
    CAPTURE(kind.format);
    CAPTURE(kind.rate);
    const Bytes bytes = sound(kind.format, 2.5, kind.rate);
    const auto song = decode_sandboxed(bytes, kTerpsi);
    REQUIRE_MESSAGE(song, song.error().message);
    const auto direct = test::decode_bytes(bytes);
    REQUIRE(direct);
    const auto wanted = audio::resample(direct->pcm);
    CHECK(song->format == direct->format);
    CHECK(song->channels == 1);
    CHECK(song->warning.empty());
    CHECK_FALSE(song->written);
    CHECK(song->pcm.sample_rate == audio::kAnalysisRate);
    REQUIRE(song->pcm.samples.size() == wanted.samples.size());
    float most = 0;
    for (std::size_t i = 0; i < wanted.samples.size(); ++i)
      most = std::max(most, std::abs(song->pcm.samples[i] - wanted.samples[i]));
    CHECK(most < 1e-6f);
  }
  CHECK_FALSE(has_children());
}

TEST_CASE("sandbox: a file cut short gives its beginning and a warning; open and unlinked files do") {
  const test::TempFolder folder;
  REQUIRE(
      test::write_sound(folder / "song", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, test::noise(6, 44100), 44100));
  std::filesystem::resize_file(folder / "song", std::filesystem::file_size(folder / "song") / 2);
  const int file = ::open((folder / "song").c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  std::filesystem::remove(folder / "song");
  ::lseek(file, 100, SEEK_SET);
  const auto song = decode_sandboxed(file, kTerpsi);
  REQUIRE_MESSAGE(song, song.error().message);
  CHECK(song->warning.find("cut short") != std::string::npos);
  CHECK(song->pcm.seconds() == doctest::Approx(3).epsilon(0.1));
  ::close(file);

  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  CHECK(decode_sandboxed(ends[0], kTerpsi).error().code == ErrorCode::io);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("sandbox: a MIDI file is played and brings its beats") {
  using namespace score::testing;
  Track notes;
  notes.tempo(0, 400000).signature(0, 3, 2);
  for (int beat = 0; beat < 48; ++beat)
    notes.on(beat == 0 ? 0 : 240, 0, beat % 3 == 0 ? 40 : 64).off(240, 0, beat % 3 == 0 ? 40 : 64);
  const auto bytes = score::testing::file(0, 480, {notes.end()});
  auto song = decode_sandboxed(bytes, kTerpsi);
  REQUIRE_MESSAGE(song, song.error().message);
  CHECK(song->format == "MIDI");
  const auto score = score::read_midi(bytes);
  REQUIRE(score);
  CHECK(song->pcm.samples == score::render(*score).samples);
  REQUIRE(song->written);
  const auto direct = score::testing::analyze_score(*score, song->pcm);
  REQUIRE(direct);
  const auto heard =
      native::hear_decoded(std::move(*song), native::open_models(terpsi::project::source_path("models")));
  REQUIRE_MESSAGE(heard, heard.error().message);
  CHECK(heard->listener == "score");
  CHECK(heard->music.beats_per_bar == 3);
  CHECK(heard->music.beats == direct->beats);
  CHECK(heard->music.beat_in_bar == direct->beat_in_bar);
  CHECK(heard->music.tempo_bpm == doctest::Approx(150));
}

TEST_CASE("sandbox: a quarter of an hour at 192 kHz stays within the memory of a decoder") {
  const test::TempFolder folder;
  const std::string path = folder / "long.flac";
#ifdef __SANITIZE_ADDRESS__  // no bound of addresses then, and a decoder several times as slow
  constexpr std::size_t kSeconds = 60;
#else
  constexpr std::size_t kSeconds = 900;
#endif
  const std::vector<float> silence(kSeconds * 192000, 0.25f);
  REQUIRE(test::write_sound(path, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, silence, 192000));
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const auto song = decode_sandboxed(file, kTerpsi);
  ::close(file);
  REQUIRE_MESSAGE(song, song.error().message);
  CHECK(song->pcm.samples.size() == kSeconds * audio::kAnalysisRate);
  CHECK(song->pcm.samples[1000000] == doctest::Approx(0.25).epsilon(0.001));
}

TEST_CASE("sandbox: programs that are not decoders end in errors, never in a hang or a zombie") {
  const test::TempFolder folder;
  const Bytes song = sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 22050);
  const auto answer = [&](const std::string& lines, double seconds = 20) {
    const auto begun = std::chrono::steady_clock::now();
    const auto decoded =
        decode_sandboxed(song, SandboxOptions{.program = script(folder, lines), .seconds = seconds});
    CHECK(seconds_since(begun) < 5);
    CHECK_FALSE(has_children());
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().message.size() > 20);
    return decoded.error();
  };
  CHECK(answer("exit 3").code == ErrorCode::internal);
  CHECK(answer("exit 0").message.find("garbled") != std::string::npos);
  CHECK(answer("exit 22").message.find("memory") != std::string::npos);
  CHECK(answer("kill -SYS $$").message.find("must not make") != std::string::npos);
  CHECK(answer("kill -SEGV $$").message.find("crashed") != std::string::npos);
  CHECK(answer("cat /dev/zero").message.find("garbled") != std::string::npos);
  CHECK(answer("printf terpsid1; cat /dev/zero").message.find("garbled") != std::string::npos);
  CHECK(answer("printf terpsid1; cat /dev/urandom").message.find("garbled") != std::string::npos);
  CHECK(answer("sleep 100", 0.3).message.find("too long") != std::string::npos);
  CHECK(answer("exec >&-; sleep 100", 0.3).message.find("too long") != std::string::npos);
  CHECK(answer("while :; do :; done", 0.3).message.find("too long") != std::string::npos);
  CHECK(answer("trap '' TERM INT PIPE; while :; do printf t; done", 0.5).code == ErrorCode::bad_format);
  CHECK(decode_sandboxed(song, {.program = folder / "nothing"}).error().code == ErrorCode::internal);
  CHECK(decode_sandboxed(song, {.program = ""}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("sandbox: cancelling ends the child at once") {
  const test::TempFolder folder;
  std::atomic<bool> stop{false};
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop = true;
  });
  const auto begun = std::chrono::steady_clock::now();
  const auto song = decode_sandboxed(
      Bytes{1, 2, 3}, {.program = script(folder, "sleep 100"), .cancelled = [&] { return stop.load(); }});
  later.join();
  CHECK(song.error().code == ErrorCode::cancelled);
  CHECK(seconds_since(begun) < 1);
  CHECK_FALSE(has_children());
}

TEST_CASE("sandbox: many threads decode at once, each gets its own song") {
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  std::vector<Bytes> songs;
  for (int k = 0; k < 4; ++k) songs.push_back(sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1 + 0.5 * k, 22050));
  for (int k = 0; k < 8; ++k) {
    threads.emplace_back([&, k] {
      for (int round = 0; round < 3; ++round) {
        const auto song = decode_sandboxed(songs[static_cast<std::size_t>(k % 4)], kTerpsi);
        good += song && std::abs(song->pcm.seconds() - (1 + 0.5 * (k % 4))) < 0.001;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 24);
  CHECK_FALSE(has_children());
}

TEST_CASE("sandbox: the confined process can compute, and dies of everything else") {
  CHECK(confined([] {
          std::vector<double> values(1000000, 1.5);
          double sum = 0;
          for (const double v : values) sum += v;
          return sum == 1.5e6 ? 7 : 8;
        }) == 7);
  CHECK(confined([] { return ::open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 7 : 8; }) == 7);
  CHECK(confined([] { return ::truncate("/tmp/terpsi-nothing", 0); }) == -SIGSYS);
  CHECK(confined([] { return ::socket(AF_INET, SOCK_STREAM, 0) < 0 ? 1 : 0; }) == -SIGSYS);
  CHECK(confined([] { return ::fork() < 0 ? 1 : 0; }) == -SIGSYS);
  CHECK(confined([] { return ::execl("/bin/true", "true", nullptr); }) == -SIGSYS);
  CHECK(confined([] { return ::kill(::getppid(), 0); }) == -SIGSYS);
  CHECK(confined([] { return ::unlink("/tmp/terpsi-nothing"); }) == -SIGSYS);
  CHECK(confined([] { return static_cast<int>(::write(9, "x", 1)); }) == -SIGSYS);
  CHECK(confined([] {
          return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        0) == MAP_FAILED;
        }) == -SIGSYS);
  CHECK(confined([] { return ::getenv("PATH") == nullptr && ::getenv("HOME") == nullptr ? 7 : 8; }) == 7);
}

TEST_CASE("sandbox: the confined process gets neither all memory nor all time") {
#ifndef __SANITIZE_ADDRESS__  // which needs more addresses than a decoder may have
  CHECK(confined([] {
          for (int i = 0; i < 64; ++i) {
            void* const block = std::malloc(64u << 20);
            if (block == nullptr) return i < 16 ? 7 : 8;
            static_cast<volatile char*>(block)[0] = 1;
          }
          return 9;
        }) == 7);
#endif

  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    if (!native::confine()) ::_exit(200);
    if (::write(STDOUT_FILENO, "x", 1) != 1) ::_exit(201);
    for (volatile bool ever = true; ever;) {
    }
  }
  char confined_now = 0;
  REQUIRE(::read(ends[0], &confined_now, 1) == 1);
  const auto bound = [&](__rlimit_resource resource) {
    rlimit now{};
    REQUIRE(::prlimit(pid, resource, nullptr, &now) == 0);
    return now.rlim_cur;
  };
  CHECK(bound(RLIMIT_CPU) == limits::kDecodeCpuSeconds);
  CHECK(bound(RLIMIT_FSIZE) == 0);
  CHECK(bound(RLIMIT_CORE) == 0);
  CHECK(bound(RLIMIT_NPROC) == 0);
  const rlimit soon{1, 2};  // the bound itself would take too long to wait for
  REQUIRE(::prlimit(pid, RLIMIT_CPU, &soon, nullptr) == 0);
  int how = 0;
  REQUIRE(::waitpid(pid, &how, 0) == pid);
  CHECK(WIFSIGNALED(how));
  CHECK(WTERMSIG(how) == SIGXCPU);
  ::close(ends[0]);
  ::close(ends[1]);
}
