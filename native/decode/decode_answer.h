#pragma once
// The answer of the decoder's child process to its parent. The parent trusts nothing: every size is bounded
// before anything is read or reserved, every number is checked.

#include <cstddef>
#include <functional>
#include <optional>

#include "base/result.h"
#include "native/decode/decode.h"

namespace terpsi::native {

// Send or read exactly so many bytes; false when that fails.
using SendBytes = std::function<bool(const void* from, std::size_t bytes)>;
using ReadBytes = std::function<bool(void* to, std::size_t bytes)>;

// False when `send` fails. `song`: at kAnalysisRate.
bool send_answer(const Result<DecodedSong>& song, const SendBytes& send);

// Nothing when it ends too early or is not an answer of send_answer.
std::optional<Result<DecodedSong>> read_answer(const ReadBytes& read);

}  // namespace terpsi::native
