#include "native/decode/decode_child.h"

#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "audio/hear/spectral_features.h"
#include "base/limits.h"
#include "native/decode/decode.h"
#include "native/decode/decode_answer.h"
#include "native/decode/song_file.h"
#include "score/listen.h"
#include "score/midi_file.h"
#include "score/render.h"

#if defined(__SANITIZE_ADDRESS__)
#define TERPSI_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TERPSI_ADDRESS_SANITIZER 1
#endif
#endif

namespace terpsi::native {
namespace {

Error not_confined(const std::string& what) {
  return {ErrorCode::unsupported, "the decoder cannot be confined on this system: " + what};
}

bool limit(int resource, rlim_t most) {
  const rlimit bound{most, most};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &bound) == 0;
}

Status limit_resources() {
  bool good = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 3) &&
              limit(RLIMIT_NPROC, 0) && limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_MSGQUEUE, 0);
  const rlimit cpu{limits::kDecodeCpuSeconds, limits::kDecodeCpuSeconds + 1};
  good = good && ::setrlimit(RLIMIT_CPU, &cpu) == 0;
#ifndef TERPSI_ADDRESS_SANITIZER  // whose shadow memory alone reserves terabytes of addresses
  good = good && limit(RLIMIT_AS, limits::kDecodeMemoryBytes);
#endif
  return good ? ok_status() : not_confined("its resources cannot be limited");
}

bool allow(scmp_filter_ctx filter, int call, std::initializer_list<scmp_arg_cmp> conditions = {}) {
  const std::vector<scmp_arg_cmp> list(conditions);
  return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, static_cast<unsigned>(list.size()),
                                list.data()) == 0;
}

scmp_arg_cmp argument(unsigned which, std::uint64_t value) {
  return {which, SCMP_CMP_EQ, value, 0};
}

scmp_arg_cmp argument_without(unsigned which, std::uint64_t bits) {
  return {which, SCMP_CMP_MASKED_EQ, bits, 0};
}

Status filter_calls() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (filter == nullptr) return not_confined("no filter of system calls");
  bool good = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
  good = good && allow(filter, SCMP_SYS(pread64), {argument(0, STDIN_FILENO)});
  good = good && allow(filter, SCMP_SYS(write), {argument(0, STDOUT_FILENO)});
  good = good && allow(filter, SCMP_SYS(write), {argument(0, STDERR_FILENO)});
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
    good = good && allow(filter, call, {argument_without(2, PROT_EXEC)});
  for (const int call : {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
                         SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
                         SCMP_SYS(sysinfo), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group)})
    good = good && allow(filter, call);
#ifdef TERPSI_ADDRESS_SANITIZER  // which asks for the signal stack before every call that does not return, _exit too
  good = good && allow(filter, SCMP_SYS(sigaltstack), {argument(0, 0)});
#endif
  // libsndfile looks for a resource fork beside some songs; qsort asks sysinfo for the size of the memory.
  for (const int call : {SCMP_SYS(open), SCMP_SYS(openat)})
    good = good && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 0) == 0;
  good = good && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return good ? ok_status() : not_confined("its kernel does not filter system calls (seccomp)");
}

// Nothing where standard input is not a MIDI file. Played, with the metre that is written in it.
std::optional<Result<DecodedSong>> play_midi(std::uint64_t bytes) {
  const SongFile file{STDIN_FILENO, bytes};
  if (!score::looks_like_midi(read_part(file, 0, 12))) return std::nullopt;
  if (bytes > limits::kMaxMidiBytes) {
    return Result<DecodedSong>(Error{
        ErrorCode::too_large,
        "the MIDI file is larger than " + std::to_string(limits::kMaxMidiBytes >> 20) + " MB; cut it first"});
  }
  const auto score = score::read_midi(read_part(file, 0, bytes));
  if (!score) return Result<DecodedSong>(score.error());
  DecodedSong song{score::render(*score), "MIDI", 1, {}, {}};
  if (const auto heard = audio::spectral_features(song.pcm))
    song.written = score::written_metre(*score, *heard);
  return Result<DecodedSong>(std::move(song));
}

Result<DecodedSong> decode_stdin(std::uint64_t bytes) {
  if (auto song = play_midi(bytes)) return std::move(*song);
  return decode_descriptor(STDIN_FILENO, bytes);
}

bool send(const void* from, std::size_t bytes) {
  const char* at = static_cast<const char*>(from);
  while (bytes > 0) {
    const ssize_t sent = ::write(STDOUT_FILENO, at, bytes);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    bytes -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

Status confine() {
  if (::close_range(3, ~0u, 0) != 0) return not_confined("its descriptors cannot be closed");
  ::clearenv();
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return not_confined("its rights cannot be given up");
  if (auto status = limit_resources(); !status) return status;
  return filter_calls();
}

int decode_child() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  struct stat about {};
  if (::fstat(STDIN_FILENO, &about) != 0 || !S_ISREG(about.st_mode)) return kDecodeFailed;
  try {
    if (auto status = confine(); !status) return kDecodeNotConfined;
    const auto song = decode_stdin(static_cast<std::uint64_t>(about.st_size));
    return send_answer(song, send) ? kDecodeAnswered : kDecodeFailed;
  } catch (const std::bad_alloc&) {
    return kDecodeNoMemory;
  } catch (const std::exception&) {
    return kDecodeFailed;
  }
}

}  // namespace terpsi::native
