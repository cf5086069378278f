#include "native/cli/progress.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>

namespace terpsi::native {
namespace {

std::atomic<bool> stop_wanted{false};

void on_stop(int signal_number) {
  stop_wanted = true;
  ::signal(signal_number, SIG_DFL);  // a second Ctrl-C ends the program at once
}

}  // namespace

ProgressReport::ProgressReport(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressReport::stage(const std::string& name) {
  end_stage();
  name_ = name;
  percent_ = -1;
  begun_ = std::chrono::steady_clock::now();
  if (!quiet_ && terminal_) std::fprintf(stderr, "%s ...", name_.c_str());
}

void ProgressReport::update(double done) {
  const int percent = static_cast<int>(std::clamp(done, 0.0, 1.0) * 100);
  if (quiet_ || !terminal_ || percent == percent_) return;
  percent_ = percent;
  const std::string bar(static_cast<std::size_t>(percent / 4), '#');
  std::fprintf(stderr, "\r\033[K%s [%-25s] %d %%", name_.c_str(), bar.c_str(), percent);
}

void ProgressReport::end_stage() {
  if (quiet_ || name_.empty()) return;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun_;
  std::fprintf(stderr, "%s%s: %.2f s\n", terminal_ ? "\r\033[K" : "", name_.c_str(), took.count());
  name_.clear();
}

void ProgressReport::finish(const std::string& result) {
  end_stage();
  if (!quiet_) std::fprintf(stderr, "%s\n", result.c_str());
}

bool interrupted() {
  static const bool watching = [] {
    ::signal(SIGINT, on_stop);
    ::signal(SIGTERM, on_stop);
    return true;
  }();
  return watching && stop_wanted;
}

}  // namespace terpsi::native
