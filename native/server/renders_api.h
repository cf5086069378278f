#pragma once
// /api/v1/renders: dances made on the server. See openapi.yaml for what clients are promised.

#include "native/server/site.h"

namespace terpsi::native {

// Takes the body of POST /renders: JSON, or form data with the song.
void post_render(Call& call, const httplib::ContentReader& body);

void get_render(Call& call, const std::string& id);
void get_render_events(Call& call, const std::string& id);
void get_render_result(Call& call, const std::string& id);
void delete_render(Call& call, const std::string& id);

}  // namespace terpsi::native
