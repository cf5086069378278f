// The decoder's child process alone, for builds without the command line: what tests/native/decode starts there.

#include <unistd.h>

#include "native/decode/decode_child.h"

int main(int argc, char** argv) {
  using namespace terpsi::native;
  if (argc == 2 && argv[1] == kDecodeChildCommand) _exit(decode_child());
  return 2;
}
