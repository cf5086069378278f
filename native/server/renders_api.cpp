#include "native/server/renders_api.h"

#include <algorithm>
#include <charconv>

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

namespace terpsi::native {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr auto kStep = std::chrono::milliseconds(1000);  // between two looks whether the server ends
constexpr auto kComment = std::chrono::seconds(15);      // a sign of life for proxies
constexpr auto kStreamLife = std::chrono::minutes(30);   // then the client asks anew
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

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_listener_name(std::string_view name) {
  return name.size() <= 64 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-';
         });
}

// Listens to the song of a form, in a child process as far as strangers' bytes are concerned: the request
// with "music" in it.
Result<std::string> listen(Call& call, const SongForm& form) {
  auto json = parse_json(form.options, limits::kMaxJsonDepth);
  if (!json || !json->is_object())
    return Error{ErrorCode::bad_format, "the part \"options\" is not a JSON object"};
  if (json->contains("music"))
    return Error{ErrorCode::bad_format, "send either a song or \"music\", not both"};
  const auto place = call.site.decoders.take(std::chrono::seconds(10));
  if (!place) return Error{ErrorCode::busy, "many songs are being listened to; try again in a moment"};
  std::string listener = text_of(*json, "listener");
  if (listener.empty()) listener = kAutoListener;
  if (!is_listener_name(listener))
    return Error{ErrorCode::bad_format, "\"listener\" is no name of a listener"};
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

// A song is read as form data, everything else as JSON.
Result<std::string> read_request(Call& call, const httplib::ContentReader& body) {
  if (call.request.is_multipart_form_data()) {
    const auto form = read_song_form(call.request, body);
    if (!form) return form.error();
    return listen(call, *form);
  }
  const std::string type = call.request.get_header_value("Content-Type");
  if (!type.starts_with("application/json")) {
    return Error{ErrorCode::unsupported,
                 "send application/json with \"music\", or multipart/form-data with a part \"song\""};
  }
  return read_body(call.request, body, limits::kMaxRenderRequestBytes);
}

void answer_status(Call& call, int code, const std::string& id) {
  const auto status = call.site.queue->status(id);
  if (!status) return answer_error(call.response, status.error());
  answer_json(call.response, code, status_to_json(*status));
}

// True when there is a queue and `id` may be one; else answered.
bool known(Call& call, const std::string& id) {
  if (call.site.queue == nullptr) {
    answer_error(call.response, 404, "no_renders", "this server makes no dances");
  } else if (!is_id(id)) {
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

// What one stream of events remembers between two steps.
struct Stream {
  Places::Place place;
  std::uint64_t seen;
  std::chrono::steady_clock::time_point opened = std::chrono::steady_clock::now(), said = opened;
};

bool send(httplib::DataSink& sink, const std::string& text) {
  Connection* connection = current_connection();
  return sink.write(text.data(), text.size()) && (connection == nullptr || connection->flush());
}

// Waits for the next change and sends it. False: the stream ends in failure (the client is gone).
bool step(Site& site, const std::string& id, Stream& stream, httplib::DataSink& sink) {
  const auto now = std::chrono::steady_clock::now();
  if (site.stopping || now - stream.opened > kStreamLife) return sink.done(), true;
  if (!sink.is_writable()) return false;
  const auto changes = site.queue->changes(id, stream.seen, kStep);
  if (!changes) return sink.done(), true;
  if (changes->empty()) {  // nothing will change any more when it is over
    const auto status = site.queue->status(id);
    if (!status || (is_over(status->state) && status->version <= stream.seen)) return sink.done(), true;
  }
  for (const RenderStatus& status : *changes) {
    stream.seen = std::max(stream.seen, status.version);
    stream.said = now;
    const std::string event =
        "id: " + std::to_string(status.version) + "\nevent: status\ndata: " + status_to_json(status) + "\n\n";
    if (!send(sink, event)) return false;
    if (is_over(status.state)) return sink.done(), true;
  }
  if (now - stream.said > kComment) {
    stream.said = now;
    return send(sink, ": waiting\n\n");
  }
  return true;
}

}  // namespace

void post_render(Call& call, const httplib::ContentReader& body) {
  if (call.site.queue == nullptr)
    return refuse(call.response, 404, "no_renders", "this server makes no dances");
  if (!authorised(call) || !within_rate(call, call.site.render_rate)) return;
  const std::string key = call.request.get_header_value("Idempotency-Key");
  if (key.size() > kMaxKeyBytes)
    return refuse(call.response, 400, "bad_format", "the Idempotency-Key is longer than 128 characters");
  auto text = read_request(call, body);
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

void get_render(Call& call, const std::string& id) {
  if (known(call, id)) answer_status(call, 200, id);
}

void get_render_events(Call& call, const std::string& id) {
  if (!known(call, id)) return;
  const auto status = call.site.queue->status(id);
  if (!status) return answer_error(call.response, status.error());
  std::uint64_t seen = version_seen(call.request);
  if (seen > status->version) seen = 0;  // no version of this render
  if (seen == status->version && is_over(status->state)) {
    call.response.status = 204;  // which tells an EventSource not to ask again
    return;
  }
  auto place = call.site.streams.take(std::chrono::milliseconds(0));
  if (!place) {
    call.response.set_header("Retry-After", "5");
    return answer_error(call.response, 503, "busy",
                        "too many streams of events are open; ask for the status in place of them");
  }
  if (Connection* connection = current_connection()) connection->close_after();
  ++call.site.metrics.streams;
  auto stream = std::make_shared<Stream>(Stream{std::move(place), seen});
  call.response.set_header("Cache-Control", "no-store");
  call.response.set_header("X-Accel-Buffering", "no");
  Site& site = call.site;
  call.response.set_chunked_content_provider(
      "text/event-stream",
      [&site, id, stream](std::size_t, httplib::DataSink& sink) { return step(site, id, *stream, sink); },
      [&site](bool) { --site.metrics.streams; });
}

void get_render_result(Call& call, const std::string& id) {
  if (!known(call, id)) return;
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

void delete_render(Call& call, const std::string& id) {
  if (!known(call, id)) return;
  if (auto status = call.site.queue->cancel(id); !status) return answer_error(call.response, status.error());
  answer_status(call, 200, id);
}

}  // namespace terpsi::native
