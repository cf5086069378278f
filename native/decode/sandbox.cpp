#include "native/decode/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include "native/decode/decode_answer.h"
#include "native/decode/decode_child.h"
#include "native/io/descriptor.h"

namespace terpsi::native {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPollInterval{50};
constexpr const char* kGarbled = "the decoder's answer is garbled";

// A copy out of the way of descriptors 0 to 2, which become the child's.
Descriptor copy_above_standard(int file) {
  return Descriptor(::fcntl(file, F_DUPFD_CLOEXEC, 3));
}

Error no_child(const std::string& what, int why) {
  return {ErrorCode::internal, "the song cannot be decoded: " + what + ": " + std::strerror(why)};
}

Error unsafe(const std::string& what) {
  return {ErrorCode::bad_format, "the song file could not be decoded safely (" + what +
                                     "); convert it to FLAC or MP3 with another program first"};
}

// A running child process; killed and reaped at the latest by the destructor.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) end();
  }

  // How it ended, as waitpid has it; nothing while it runs.
  std::optional<int> ended() {
    int how = 0;
    const pid_t got = ::waitpid(pid_, &how, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR)) return std::nullopt;
    pid_ = -1;
    return got < 0 ? kUnknown : how;
  }

  void end() {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }

  static constexpr int kUnknown = -1;  // something else reaped it

 private:
  pid_t pid_;
};

// Returns errno.
int spawn(const std::string& program, int song, int answer, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  if (const int why = posix_spawn_file_actions_init(&files); why != 0) return why;
  if (const int why = posix_spawnattr_init(&how); why != 0) {
    posix_spawn_file_actions_destroy(&files);
    return why;
  }
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int why = posix_spawn_file_actions_adddup2(&files, song, STDIN_FILENO);
  if (why == 0) why = posix_spawn_file_actions_adddup2(&files, answer, STDOUT_FILENO);
  if (why == 0) why = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (why == 0) why = posix_spawn_file_actions_addclosefrom_np(&files, 3);
  if (why == 0) why = posix_spawnattr_setsigmask(&how, &none);
  if (why == 0) why = posix_spawnattr_setsigdefault(&how, &all);
  if (why == 0) why = posix_spawnattr_setpgroup(&how, 0);
  if (why == 0)
    why = posix_spawnattr_setflags(&how,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  if (why == 0) {
    // Where its libraries are found; the child clears its environment before it reads the song.
    const char* libraries = ::getenv("LD_LIBRARY_PATH");
    std::string libraries_line = libraries == nullptr ? "" : std::string("LD_LIBRARY_PATH=") + libraries;
    std::string name = "terpsi", command(kDecodeChildCommand);
    char* arguments[] = {name.data(), command.data(), nullptr};
    char* environment[] = {libraries == nullptr ? nullptr : libraries_line.data(), nullptr};
    why = posix_spawn(&pid, program.c_str(), &files, &how, arguments, environment);
  }
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  return why;
}

// Deadline and cancellation of a call.
class Watch {
 public:
  explicit Watch(const SandboxOptions& options)
      : options_(options),
        deadline_(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                     std::chrono::duration<double>(options.seconds))) {}

  std::optional<Error> over() const {
    if (options_.cancelled && options_.cancelled())
      return Error{ErrorCode::cancelled, "decoding the song was cancelled"};
    if (Clock::now() >= deadline_) return unsafe("it takes too long");
    return std::nullopt;
  }

 private:
  const SandboxOptions& options_;
  Clock::time_point deadline_;
};

// How reading a pipe ended.
struct Reading {
  std::optional<Error> over = {};  // timed out or cancelled
  bool at_end = false;             // the child closed its end
};

// Exactly so many bytes, or false.
bool read_pipe(int pipe, void* to, std::size_t bytes, const Watch& watch, Reading& reading) {
  auto* at = static_cast<char*>(to);
  while (bytes > 0) {
    if ((reading.over = watch.over())) return false;
    pollfd ready{pipe, POLLIN, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(kPollInterval.count()));
    if (count == 0 || (count < 0 && errno == EINTR)) continue;
    if (count < 0) return false;
    const ssize_t got = ::read(pipe, at, bytes);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    reading.at_end = got <= 0;
    if (reading.at_end) return false;
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

Error why_no_answer(int how) {
  if (how == Child::kUnknown) return no_child("its decoder is lost", ECHILD);
  if (WIFEXITED(how)) {
    switch (WEXITSTATUS(how)) {
      case kDecodeNoMemory:
        return unsafe("it needs too much memory");
      case kDecodeNotConfined:
        return {ErrorCode::internal,
                "songs cannot be decoded here: the system does not let the decoder be confined (rlimits, "
                "seccomp)"};
      case kDecodeAnswered:
        return unsafe(kGarbled);
      default:
        return {ErrorCode::internal,
                "the decoder could not be run (exit code " + std::to_string(WEXITSTATUS(how)) + ")"};
    }
  }
  switch (WIFSIGNALED(how) ? WTERMSIG(how) : 0) {
    case SIGSYS:
      return unsafe("the decoder made a system call that it must not make");
    case SIGXCPU:
      return unsafe("it takes too long");
    case SIGKILL:
      return unsafe("the decoder was killed, for time or memory");
    default:
      return unsafe("the decoder crashed");
  }
}

}  // namespace

Result<DecodedSong> decode_sandboxed(int file, const SandboxOptions& options) {
  if (options.program.empty() || !(options.seconds > 0))
    return Error{ErrorCode::invalid_argument, "the decoder needs a program and time"};
  struct stat about {};
  if (::fstat(file, &about) != 0 || !S_ISREG(about.st_mode))
    return Error{ErrorCode::io, "cannot read the song: it is not a regular file"};
  const Watch watch(options);
  if (auto over = watch.over()) return *over;

  const Descriptor song = copy_above_standard(file);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return no_child("no pipe", errno);
  const Descriptor from_child(ends[0]);
  Descriptor to_parent(ends[1]), answer = copy_above_standard(ends[1]);
  if (!song || !answer) return no_child("no descriptor", errno);
  pid_t pid = -1;
  if (const int why = spawn(options.program, *song, *answer, pid); why != 0)
    return no_child("its decoder cannot be started", why);
  Child child(pid);
  answer = Descriptor();  // the child alone holds the writing end now: the pipe ends with it
  to_parent = Descriptor();

  Reading reading;
  auto decoded = read_answer(
      [&](void* to, std::size_t bytes) { return read_pipe(*from_child, to, bytes, watch, reading); });
  if (reading.over) return *reading.over;
  if (decoded) return std::move(*decoded);  // a complete answer: the child is not needed any more
  if (!reading.at_end) return unsafe(kGarbled);
  for (;;) {  // its exit status says why there is no answer
    if (const auto how = child.ended()) return why_no_answer(*how);
    if (auto over = watch.over()) return *over;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Result<DecodedSong> decode_sandboxed(std::span<const std::uint8_t> bytes, const SandboxOptions& options) {
  const Descriptor file(::memfd_create("song", MFD_CLOEXEC));
  if (!file) return no_child("no memory for it", errno);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::write(*file, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return no_child("no memory for it", errno);
    done += static_cast<std::size_t>(got);
  }
  return decode_sandboxed(*file, options);
}

}  // namespace terpsi::native
