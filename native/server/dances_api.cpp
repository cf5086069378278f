#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/limits.h"
#include "format/dance_file.h"
#include "native/http/answer.h"
#include "native/http/connection.h"
#include "native/http/upload.h"
#include "native/io/id.h"
#include "native/server/dance_export.h"
#include "native/server/endpoints.h"
#include "native/server/share_page.h"

namespace terpsi::native {
namespace {

constexpr std::int64_t kDay = 24 * 3600;

Error unknown() {
  return {ErrorCode::not_found, "there is no such dance, or it is no longer kept"};
}

// What its page shows; the motion is not decoded. Errors: those of read_dance_head.
Result<ShareInfo> info_of(const StoredDance& stored, const std::string& public_url) {
  const auto head = format::read_dance_head(*stored.file);
  if (!head) return head.error();
  ShareInfo info = share_info(head->dance, stored.record.id, public_url);
  info.seconds = head->seconds;
  return info;
}

// The dance; an error has been answered already.
Result<StoredDance> find(Call& call, std::string_view id) {
  if (call.site.dances == nullptr || !is_id(id)) {
    answer_error(call.response, unknown());
    return unknown();
  }
  auto dance = call.site.dances->get(std::string(id), unix_now());
  if (!dance) {
    const bool gone = dance.error().code == ErrorCode::not_found;
    const bool damaged = dance.error().code == ErrorCode::bad_format;
    if (damaged) {
      answer_error(call.response, 500, "damaged",
                   "this dance is damaged on the server; its owner must restore it");
    } else {
      answer_error(call.response, gone ? unknown() : dance.error());
    }
  }
  return dance;
}

Result<int> days_of(const Call& call) {
  const SiteOptions& options = call.site.options;
  if (!call.request.has_param("days")) return options.dance_days;
  const std::string text = call.request.get_param_value("days");
  int days = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), days);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  const bool allowed = options.max_dance_days == 0 ? days >= 0 : days >= 1 && days <= options.max_dance_days;
  if (whole && allowed) return days;
  return Error{ErrorCode::invalid_argument,
               options.max_dance_days == 0
                   ? "days must be a whole number, 0 for a dance that is kept forever"
                   : "days must be a whole number from 1 to " + std::to_string(options.max_dance_days)};
}

nlohmann::ordered_json time_or_null(std::int64_t time) {
  return time == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(utc_text(time));
}

// True, and answered with 304, when the client has this version already.
bool unchanged(Call& call, const std::string& etag, const char* caching) {
  call.response.set_header("ETag", etag);
  call.response.set_header("Cache-Control", caching);
  if (call.request.get_header_value("If-None-Match") != etag) return false;
  call.response.status = 304;
  return true;
}

void send_export(Call& call, const StoredDance& dance, std::string_view format) {
  const std::string etag = "\"" + dance.record.sha256.substr(0, 32) + "-" + std::string(format) + "\"";
  if (unchanged(call, etag, "public, max-age=3600")) return;
  call.route = Route::exports;
  if (!within_rate(call, call.site.export_rate)) return;
  const auto permit = call.site.exporters.acquire(std::chrono::seconds(10));
  if (!permit)
    return answer_error(call.response, {ErrorCode::busy, "many dances are being converted; try again"});
  auto made = export_dance(*dance.file, format);
  if (!made) return answer_error(call.response, made.error());
  call.response.status = 200;
  if (!made->disposition.empty()) call.response.set_header("Content-Disposition", made->disposition);
  call.response.set_content(std::move(made->bytes), made->mime);
}

void post_dance(Call& call) {
  if (call.site.dances == nullptr)
    return refuse(call.response, 404, "no_dances", "this server keeps no dances");
  if (!within_rate(call, call.site.dance_rate)) return;
  const auto days = days_of(call);
  if (!days) return refuse(call.response, 400, "invalid_argument", days.error().message);
  const auto file = read_body(call.request, *call.body, limits::kMaxDanceFileBytes);
  if (!file) {
    if (Connection* connection = current_connection()) connection->close_after();
    return answer_error(call.response, file.error());
  }
  const auto dance = format::read_dance(bytes_of(*file));
  if (!dance) return answer_error(call.response, dance.error());
  const std::string token = new_id();
  DanceRecord record;
  record.id = new_id();
  record.token_sha256 = sha256_hex(bytes_of(token));
  record.title = dance->title;
  record.frames = static_cast<std::int64_t>(dance->clip.frames.size());
  record.created = unix_now();
  record.expires = *days == 0 ? 0 : record.created + *days * kDay;
  if (auto status = call.site.dances->put(record, bytes_of(*file)); !status)
    return answer_error(call.response, status.error());
  const ShareInfo info = share_info(*dance, record.id, public_url_of(call));
  nlohmann::ordered_json json;
  json["id"] = record.id;
  json["url"] = share_url(info);
  json["embed_url"] = embed_url(info);
  json["delete_token"] = token;
  json["expires"] = time_or_null(record.expires);
  json["bytes"] = file->size();
  call.response.set_header("Location", "/api/v1/dances/" + record.id);
  answer_json(call.response, 201, json.dump());
}

void delete_dance(Call& call) {
  const std::string& id = call.name;
  if (call.site.dances == nullptr || !is_id(id)) return answer_error(call.response, unknown());
  const std::string token = call.request.get_header_value("X-Delete-Token");
  if (auto status = call.site.dances->remove(id, sha256_hex(bytes_of(token))); !status)
    return answer_error(call.response, status.error());
  call.response.status = 204;
}

// call.name: an id (the file), or an id and an extension of format/export_table.h or ".png" (converted).
void get_dance(Call& call) {
  const std::string& name = call.name;
  const std::size_t dot = name.find('.');
  const std::string_view format = dot == std::string::npos ? "" : std::string_view(name).substr(dot + 1);
  const auto dance = find(call, std::string_view(name).substr(0, dot));
  if (!dance) return;
  if (!format.empty()) return send_export(call, *dance, format);
  if (unchanged(call, "\"" + dance->record.sha256.substr(0, 32) + "\"", "public, max-age=60")) return;
  call.response.status = 200;
  const auto& file = dance->file;
  call.response.set_content_provider(file->size(), "application/octet-stream",
                                     [file](std::size_t offset, std::size_t size, httplib::DataSink& sink) {
                                       return sink.write(reinterpret_cast<const char*>(file->data()) + offset,
                                                         size);
                                     });
}

void get_dance_meta(Call& call) {
  const auto stored = find(call, call.name);
  if (!stored) return;
  const auto head = format::read_dance_head(*stored->file);
  if (!head) return answer_error(call.response, head.error());
  const format::Dance& dance = head->dance;
  nlohmann::ordered_json json;
  json["id"] = call.name;
  json["title"] = dance.title;
  json["seconds"] = head->seconds;
  json["style"] = dance.style;
  json["model"] = dance.model_name;
  json["tempo_bpm"] = dance.tempo_bpm;
  json["created"] = utc_text(stored->record.created);
  json["expires"] = time_or_null(stored->record.expires);
  json["bytes"] = stored->record.bytes;
  json["sha256"] = stored->record.sha256;
  answer_json(call.response, 200, json.dump());
}

// Also /embed/*.
void get_share_page(Call& call) {
  const std::string& id = call.name;
  // The page tells people when the dance is gone; the status tells programs.
  ShareInfo info;
  info.id = is_id(id) ? id : std::string(kIdLength, '-');
  info.public_url = public_url_of(call);
  call.response.status = 404;
  if (call.site.dances != nullptr && is_id(id)) {
    if (const auto stored = call.site.dances->get(id, unix_now())) {
      if (auto found = info_of(*stored, info.public_url)) {
        info = std::move(*found);
        call.response.status = 200;
      }
    }
  }
  call.response.set_header("Cache-Control", "no-cache");
  call.response.set_header("X-Robots-Tag", "noindex");
  call.response.set_content(share_html(call.site.index_html, info, call.request.path.starts_with("/embed/")),
                            "text/html; charset=utf-8");
}

void get_poster(Call& call) {
  call.name += ".png";
  get_dance(call);
}

void get_oembed(Call& call) {
  const HttpRequest& request = call.request;
  if (request.has_param("format") && request.get_param_value("format") != "json")
    return answer_error(call.response, 501, "unsupported", "only format=json is supported");
  const std::string site = public_url_of(call);
  const auto id = dance_id_of_url(request.get_param_value("url"), site);
  const auto stored = find(call, id.value_or(""));
  if (!stored) return;
  const auto info = info_of(*stored, site);
  if (!info) return answer_error(call.response, info.error());
  const auto number = [&](const char* name) {
    const std::string text = request.get_param_value(name);
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  answer_json(call.response, 200, oembed_json(*info, number("maxwidth"), number("maxheight")));
}

constexpr std::array<Endpoint, 8> kDanceEndpoints = {{
    {"POST", "/api/v1/dances", Route::dances, post_dance},
    {"GET", "/api/v1/dances/*", Route::dances, get_dance},
    {"DELETE", "/api/v1/dances/*", Route::dances, delete_dance},
    {"GET", "/api/v1/dances/*/meta", Route::dances, get_dance_meta},
    {"GET", "/d/*", Route::share, get_share_page},
    {"GET", "/d/*/poster.png", Route::share, get_poster},
    {"GET", "/embed/*", Route::share, get_share_page},
    {"GET", "/oembed", Route::share, get_oembed},
}};

}  // namespace

std::span<const Endpoint> dance_endpoints() {
  return kDanceEndpoints;
}

}  // namespace terpsi::native
