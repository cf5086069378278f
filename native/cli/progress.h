#pragma once
// What is going on, on stderr: named stages, and a bar where the share that is done is known. A terminal sees
// the bar move; a file or pipe gets one line for each stage.

#include <chrono>
#include <string>

namespace terpsi::native {

class ProgressReport {
 public:
  explicit ProgressReport(bool quiet = false);

  void stage(const std::string& name);     // begins a stage; ends the one before
  void update(double done);                // 0 to 1, of the stage under way
  void finish(const std::string& result);  // ends the last stage with a closing line

 private:
  void end_stage();

  bool quiet_;
  bool terminal_;
  std::string name_;
  int percent_ = -1;
  std::chrono::steady_clock::time_point begun_;
};

// True once Ctrl-C or a polite kill has come in; the first call starts watching for them.
bool interrupted();

}  // namespace terpsi::native
