#include "native/http/upload.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "base/hash.h"
#include "base/limits.h"
#include "native/http/connection.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kFraming = 64u << 10;  // bytes of chunk and form framing, beside the payload

Error too_large(std::size_t most) {
  const std::string size =
      most >= (1u << 20) ? std::to_string(most >> 20) + " MB" : std::to_string(most >> 10) + " KB";
  return {ErrorCode::too_large, "the request is larger than " + size + ", the most that is accepted here"};
}

Error cut_off() {
  return {ErrorCode::bad_format,
          "the request ended early, came too slowly or was badly framed; send it again"};
}

// Checked before a byte of the body is read.
Status check_head(const HttpRequest& request, std::size_t most) {
  if (request.has_header("Content-Encoding")) {
    return Error{ErrorCode::unsupported,
                 "requests with a Content-Encoding are not accepted; send it uncompressed"};
  }
  if (request.has_header("Content-Length")) {
    const std::string text = request.get_header_value("Content-Length");
    std::size_t length = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (problem == std::errc::result_out_of_range) return too_large(most);
    if (problem != std::errc() || end != text.data() + text.size() || request.has_header("Transfer-Encoding"))
      return cut_off();
    if (length > most + kFraming) return too_large(most);
  }
  if (Connection* connection = current_connection()) connection->begin_body(most + 2 * kFraming);
  return ok_status();
}

// A file without a name.
Descriptor unlinked_file() {
  std::error_code ignored;
  const auto folder = std::filesystem::temp_directory_path(ignored);
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  return Descriptor(file >= 0 ? file : ::memfd_create("song", MFD_CLOEXEC));
}

}  // namespace

Result<std::string> read_body(const HttpRequest& request, const httplib::ContentReader& body,
                              std::size_t most) {
  if (auto status = check_head(request, most); !status) return status.error();
  std::string bytes;
  bool large = false;
  const bool whole = body([&](const char* data, std::size_t size) {
    if (size > most - bytes.size()) return !(large = true);
    bytes.append(data, size);
    return true;
  });
  if (large) return too_large(most);
  if (!whole) return cut_off();
  return bytes;
}

Result<SongForm> read_song_form(const HttpRequest& request, const httplib::ContentReader& body) {
  if (auto status = check_head(request, limits::kMaxUploadBytes); !status) return status.error();
  SongForm form;
  enum class Part { none, song, options } part = Part::none;
  int songs = 0, options = 0;
  std::optional<Error> wrong;
  const auto begin = [&](const httplib::MultipartFormData& header) {
    if (header.name == "song" && songs++ == 0) {
      part = Part::song;
      form.song = unlinked_file();
      if (!form.song) wrong = Error{ErrorCode::io, "the server has no room for the song; try again later"};
    } else if (header.name == "options" && options++ == 0) {
      part = Part::options;
      form.options.clear();
    } else {
      wrong = Error{ErrorCode::bad_format,
                    "the form may have one part \"song\", the file, and one part \"options\", JSON"};
    }
    return !wrong;
  };
  const auto take = [&](const char* data, std::size_t size) {
    if (part == Part::song) {
      form.song_bytes += size;
      if (form.song_bytes > limits::kMaxUploadBytes) {
        wrong = too_large(limits::kMaxUploadBytes);
      } else if (!write_all(*form.song, bytes_of({data, size}))) {
        wrong = Error{ErrorCode::io, "the server has no room for the song; try again later"};
      }
    } else {
      form.options.append(data, size);
      if (form.options.size() > limits::kMaxRenderRequestBytes)
        wrong = too_large(limits::kMaxRenderRequestBytes);
    }
    return !wrong;
  };
  const bool whole = body(begin, take);
  if (wrong) return *wrong;
  if (!whole) return cut_off();
  if (songs == 0) return Error{ErrorCode::bad_format, "the form has no part \"song\" with the file"};
  return form;
}

}  // namespace terpsi::native
