#pragma once
// What the decoder's child process tells its parent. The parent believes nothing: every size is bounded
// before anything is read or reserved, every number is checked.

#include <cstddef>
#include <functional>
#include <optional>

#include "base/result.h"
#include "native/decode/decode.h"

namespace terpsi::native {

// Sends so many bytes, or reads exactly so many; false when that cannot be.
using SendBytes = std::function<bool(const void* from, std::size_t bytes)>;
using ReadBytes = std::function<bool(void* to, std::size_t bytes)>;

// False when `send` fails. `song`: at kAnalysisRate.
bool send_answer(const Result<DecodedSong>& song, const SendBytes& send);

// Nothing when it ends too early or is no answer of send_answer.
std::optional<Result<DecodedSong>> read_answer(const ReadBytes& read);

}  // namespace terpsi::native
