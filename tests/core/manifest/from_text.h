#pragma once
// Entries of a manifest from its text, as native/networks/models.h reads them.

#include "manifest/manifest_fields.h"

namespace terpsi::test {

template <class Read>
auto from_text(std::string_view text, Read read) -> decltype(read(Json())) {
  const auto json = manifest::parse_manifest_json(text);
  if (!json) return json.error();
  return read(*json);
}

}  // namespace terpsi::test
