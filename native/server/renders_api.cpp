#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/json_fields.h"
#include "format/music_json.h"
#include "native/decode/sandbox.h"
#include "native/http/answer.h"
#include "native/http/connection.h"
#include "native/http/upload.h"
#include "native/io/id.h"
#include "native/pipeline/heard_song.h"
#include "native/queue/render_request.h"
#include "native/queue/renderer.h"
#include "native/server/endpoints.h"

namespace terpsi::native {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr auto kStep = std::chrono::milliseconds(1000);  // between two checks whether the server ends
constexpr auto kComment = std::chrono::seconds(15);      // keeps proxies from closing the stream
constexpr auto kStreamLife = std::chrono::minutes(30);   // then the client reconnects
constexpr std::size_t kMaxKeyBytes = 128;

bool authorised(Call& call) {
  const std::string& wanted = call.site.options.render_token;
  if (wanted.empty()) return true;
  const std::string given = call.request.get_header_value("Authorization");
  if (given.starts_with(kBearer) && same_secret(std::string_view(given).substr(kBearer.size()), wanted))
    return true;
  call.response.set_header("WWW-Authenticate", "Bearer");
  refuse(call.response, 401, "token_required",
         "this server makes dances for those who have its token; send it as Authorization: Bearer TOKEN");
  return false;
}

bool is_listener_name(std::string_view name) {
  return name.size() <= 64 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-';
         });
}

// Analyses the song of a form, whose bytes are decoded in a sandboxed child process. Returns the request with
// "music" in it.
Result<std::string> analyse_song(Call& call, const SongForm& form) {
  auto json = parse_json(form.options, limits::kMaxJsonDepth);
  if (!json || !json->is_object())
    return Error{ErrorCode::bad_format, "the part \"options\" is not a JSON object"};
  if (json->contains("music"))
    return Error{ErrorCode::bad_format, "send either a song or \"music\", not both"};
  const auto permit = call.site.decoders.acquire(std::chrono::seconds(10));
  if (!permit) return Error{ErrorCode::busy, "many songs are being analysed; try again in a moment"};
  std::string listener = text_of(*json, "listener");
  if (listener.empty()) listener = kAutoListener;
  if (!is_listener_name(listener))
    return Error{ErrorCode::bad_format, "\"listener\" is not the name of a listener"};
  const SandboxOptions sandbox{kOwnProgram, limits::kDecodeSeconds, [&] {
                                 Connection* connection = current_connection();
                                 return call.site.stopping.load() ||
                                        (connection != nullptr && !connection->is_writable());
                               }};
  auto song = decode_sandboxed(*form.song, sandbox);
  if (!song) return song.error();
  const auto heard = hear_decoded(std::move(*song), call.site.models, listener);
  if (!heard) return heard.error();
  json->erase("listener");
  (*json)["music"] = format::music_json(heard->music);
  return json->dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The request as JSON, from form data with a song or from JSON with "music".
Result<std::string> read_request(Call& call) {
  if (call.request.is_multipart_form_data()) {
    const auto form = read_song_form(call.request, *call.body);
    if (!form) return form.error();
    return analyse_song(call, *form);
  }
  const std::string type = call.request.get_header_value("Content-Type");
  if (!type.starts_with("application/json")) {
    return Error{ErrorCode::unsupported,
                 "send application/json with \"music\", or multipart/form-data with a part \"song\""};
  }
  return read_body(call.request, *call.body, limits::kMaxRenderRequestBytes);
}

void answer_status(Call& call, int code, const std::string& id) {
  const auto status = call.site.queue->status(id);
  if (!status) return answer_error(call.response, status.error());
  answer_json(call.response, code, status_to_json(*status));
}

// True when there is a queue and call.name may be an id; else answered.
bool known(Call& call) {
  if (call.site.queue == nullptr) {
    answer_error(call.response, 404, "no_renders", "this server makes no dances");
  } else if (!is_id(call.name)) {
    answer_error(call.response, 404, "not_found", "there is no such render");
  } else {
    return true;
  }
  return false;
}

std::uint64_t version_seen(const HttpRequest& request) {
  const std::string text = request.has_header("Last-Event-ID") ? request.get_header_value("Last-Event-ID")
                                                               : request.get_param_value("after");
  std::uint64_t version = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), version);
  return problem == std::errc() && end == text.data() + text.size() ? version : 0;
}

// The state of one event stream between two steps.
struct Stream {
  Permits::Permit permit;
  std::uint64_t seen;
  std::chrono::steady_clock::time_point opened = std::chrono::steady_clock::now(), last_sent = opened;
};

bool send(httplib::DataSink& sink, const std::string& text) {
  Connection* connection = current_connection();
  return sink.write(text.data(), text.size()) && (connection == nullptr || connection->flush());
}

// Waits for the next change and sends it. False: the stream failed (the client is gone).
bool step(Site& site, const std::string& id, Stream& stream, httplib::DataSink& sink) {
  const auto now = std::chrono::steady_clock::now();
  if (site.stopping || now - stream.opened > kStreamLife) return sink.done(), true;
  if (!sink.is_writable()) return false;
  const auto changes = site.queue->changes(id, stream.seen, kStep);
  if (!changes) return sink.done(), true;
  if (changes->empty()) {  // a render that is over does not change any more
    const auto status = site.queue->status(id);
    if (!status || (is_over(status->state) && status->version <= stream.seen)) return sink.done(), true;
  }
  for (const RenderStatus& status : *changes) {
    stream.seen = std::max(stream.seen, status.version);
    stream.last_sent = now;
    const std::string event =
        "id: " + std::to_string(status.version) + "\nevent: status\ndata: " + status_to_json(status) + "\n\n";
    if (!send(sink, event)) return false;
    if (is_over(status.state)) return sink.done(), true;
  }
  if (now - stream.last_sent > kComment) {
    stream.last_sent = now;
    return send(sink, ": waiting\n\n");
  }
  return true;
}

void post_render(Call& call) {
  if (call.site.queue == nullptr)
    return refuse(call.response, 404, "no_renders", "this server makes no dances");
  if (!authorised(call) || !within_rate(call, call.site.render_rate)) return;
  const std::string key = call.request.get_header_value("Idempotency-Key");
  if (key.size() > kMaxKeyBytes)
    return refuse(call.response, 400, "bad_format", "the Idempotency-Key is longer than 128 characters");
  auto text = read_request(call);
  if (!text) {
    if (Connection* connection = current_connection()) connection->close_after();
    return answer_error(call.response, text.error());
  }
  const auto request = render_request_from_json(*text);
  if (!request) return answer_error(call.response, request.error());
  const auto model = model_of(*request, *call.site.models.generators, call.site.options.default_model);
  if (!model) return answer_error(call.response, 400, "unknown_model", model.error().message);
  if (auto status = check_render_request(*request, *model); !status) {
    const bool of_request = status.error().code == ErrorCode::not_found;
    if (of_request) return answer_error(call.response, 400, "invalid_argument", status.error().message);
    return answer_error(call.response, status.error());
  }
  const auto id = call.site.queue->submit({std::move(*text), model->name, call.client, key});
  if (!id) {
    const bool busy = id.error().code == ErrorCode::busy && call.site.queue->healthy();
    if (busy) ++call.site.metrics.limited;
    if (busy) call.response.set_header("Retry-After", "10");
    return busy ? answer_error(call.response, 429, "busy", id.error().message)
                : answer_error(call.response, id.error());
  }
  call.response.set_header("Location", "/api/v1/renders/" + *id);
  answer_status(call, 202, *id);
}

void get_render(Call& call) {
  if (known(call)) answer_status(call, 200, call.name);
}

void get_render_events(Call& call) {
  if (!known(call)) return;
  const std::string& id = call.name;
  const auto status = call.site.queue->status(id);
  if (!status) return answer_error(call.response, status.error());
  std::uint64_t seen = version_seen(call.request);
  if (seen > status->version) seen = 0;  // not a version of this render
  if (seen == status->version && is_over(status->state)) {
    call.response.status = 204;  // which tells an EventSource not to reconnect
    return;
  }
  auto permit = call.site.streams.acquire(std::chrono::milliseconds(0));
  if (!permit) {
    call.response.set_header("Retry-After", "5");
    return answer_error(call.response, 503, "busy",
                        "too many event streams are open; poll the status instead");
  }
  if (Connection* connection = current_connection()) connection->close_after();
  ++call.site.metrics.streams;
  auto stream = std::make_shared<Stream>(Stream{std::move(permit), seen});
  call.response.set_header("Cache-Control", "no-store");
  call.response.set_header("X-Accel-Buffering", "no");
  Site& site = call.site;
  call.response.set_chunked_content_provider(
      "text/event-stream",
      [&site, id, stream](std::size_t, httplib::DataSink& sink) { return step(site, id, *stream, sink); },
      [&site](bool) { --site.metrics.streams; });
}

void get_render_result(Call& call) {
  if (!known(call)) return;
  const std::string& id = call.name;
  const auto file = call.site.queue->result(id);
  if (!file && file.error().code == ErrorCode::bad_format)
    return answer_error(call.response, 500, "damaged",
                        "this dance is damaged on the server; have it made again");
  if (!file) return answer_error(call.response, file.error());
  call.response.status = 200;
  call.response.set_header("Cache-Control", "private, max-age=3600");
  call.response.set_header("Content-Disposition", "attachment; filename=\"dance.dance\"");
  call.response.set_content(std::string(file->begin(), file->end()), "application/octet-stream");
}

void delete_render(Call& call) {
  if (!known(call)) return;
  const std::string& id = call.name;
  if (auto status = call.site.queue->cancel(id); !status) return answer_error(call.response, status.error());
  answer_status(call, 200, id);
}

constexpr std::array<Endpoint, 5> kRenderEndpoints = {{
    {"POST", "/api/v1/renders", Route::renders, post_render},
    {"GET", "/api/v1/renders/*", Route::renders, get_render},
    {"DELETE", "/api/v1/renders/*", Route::renders, delete_render},
    {"GET", "/api/v1/renders/*/events", Route::events, get_render_events},
    {"GET", "/api/v1/renders/*/result", Route::renders, get_render_result},
}};

}  // namespace

std::span<const Endpoint> render_endpoints() {
  return kRenderEndpoints;
}

}  // namespace terpsi::native
