#pragma once
// Which pages may use an answer, and which requests are understood alike by a proxy and by this server.

#include "native/http/http.h"
#include "native/server/site.h"

namespace terpsi::native {

// How pages of other origins may use an answer: not at all, load it, or show it in a frame.
enum class Reach { own, shared, framed };

// Content-Security-Policy, Cross-Origin-*-Policy and the like, unless they are set already.
void add_security_headers(HttpResponse& response, Reach reach);

// Adds what CORS needs. False, and answered with 403, when the origin may not do that.
bool check_origin(const SiteOptions& options, const HttpRequest& request, HttpResponse& response);

// Answers OPTIONS.
void answer_preflight(const SiteOptions& options, const HttpRequest& request, HttpResponse& response);

// False when a proxy in front may see the end of this request elsewhere than httplib does: what follows would
// be a request that the proxy has not seen.
bool has_plain_framing(const HttpRequest& request);

bool has_body(const HttpRequest& request);

}  // namespace terpsi::native
