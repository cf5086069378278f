#pragma once
// Request bodies, read up to a limit and not a byte more.

#include <optional>
#include <string>

#include "base/result.h"
#include "native/http/http.h"
#include "native/io/descriptor.h"

namespace terpsi::native {

// Reads at most `most` bytes. Errors: too_large, bad_format (truncated or too slow), unsupported
// (Content-Encoding).
Result<std::string> read_body(const HttpRequest& request, const httplib::ContentReader& body,
                              std::size_t most);

// A form (multipart/form-data) with a song: part "song" in an unlinked file, part "options" as text.
struct SongForm {
  Descriptor song;  // open for reading and writing
  std::size_t song_bytes = 0;
  std::string options = "{}";
};

// Errors: as read_body; bad_format (not such a form), io (no room for the song).
Result<SongForm> read_song_form(const HttpRequest& request, const httplib::ContentReader& body);

}  // namespace terpsi::native
