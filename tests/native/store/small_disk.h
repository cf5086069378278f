#pragma once
// A disk of 1.5 MB that a test can fill: a mounted tmpfs, or, where the test may not mount, a folder in which
// no file can grow beyond 64 KB.

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <string>

#include "native/temp_folder.h"

namespace terpsi::test {

class SmallDisk {
 public:
  SmallDisk() : mounted_(::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=1536k,mode=0700") == 0) {
    if (mounted_) return;
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit small = before_;
    small.rlim_cur = 64 << 10;
    ::setrlimit(RLIMIT_FSIZE, &small);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) {
      ::umount2(folder_.path().c_str(), MNT_DETACH);
    } else {
      ::setrlimit(RLIMIT_FSIZE, &before_);
      ::signal(SIGXFSZ, handler_);
    }
  }

  const std::string& path() const { return folder_.path(); }
  bool mounted() const { return mounted_; }  // else only single files are bounded

 private:
  TempFolder folder_;
  bool mounted_;
  rlimit before_{};
  sighandler_t handler_ = SIG_DFL;
};

}  // namespace terpsi::test
