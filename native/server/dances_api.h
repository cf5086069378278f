#pragma once
// /api/v1/dances and the pages that show a shared dance. See openapi.yaml for what clients are promised.

#include "native/server/site.h"

namespace terpsi::native {

void post_dance(Call& call, const httplib::ContentReader& body);
void delete_dance(Call& call, const std::string& id);

// `name`: an id (the file), or the id and an extension of format/export_table.h or ".png" (converted).
void get_dance(Call& call, const std::string& name);
void get_dance_meta(Call& call, const std::string& id);

void get_share_page(Call& call, const std::string& id, bool embed);
void get_oembed(Call& call);

}  // namespace terpsi::native
