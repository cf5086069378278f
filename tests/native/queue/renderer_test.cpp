#include "native/queue/renderer.h"

#include <doctest/doctest.h>

using namespace terpsi;
using native::default_model_of;

TEST_CASE("renderer: renders that name no model get the first large one that is free to use") {
  manifest::Manifest manifest;
  CHECK(default_model_of(manifest, "").empty());
  const auto add = [&](const char* name, bool page, bool single_step, const char* licence) {
    manifest::ModelInfo model;
    model.name = name, model.licence = licence;
    model.page = page, model.single_step = single_step;
    manifest.models.push_back(model);
  };
  add("small", true, false, "MIT");
  add("quick", false, true, "MIT");
  add("research", false, false, "research use only");
  CHECK(default_model_of(manifest, "") == "small");
  add("large", false, false, "MIT");
  CHECK(default_model_of(manifest, "") == "large");
  CHECK(default_model_of(manifest, "quick") == "quick");
}
