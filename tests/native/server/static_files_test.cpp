#include "native/server/static_files.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "native/temp_folder.h"

using namespace terpsi;
using namespace terpsi::native;

TEST_CASE("static files: a folder that is not there has none") {
  StaticFiles files;
  add_folder(files, "/no/such/folder", "");
  CHECK(files.empty());
}

TEST_CASE("static files: only plain, visible files are found; compressed copies belong to their originals") {
  const test::TempFolder folder;
  folder.write("web/index.html", "<html>");
  folder.write("web/assets/app-Ab3dEf9h.js", "1");
  folder.write("web/assets/app-Ab3dEf9h.js.br", "2");
  folder.write("web/assets/app-Ab3dEf9h.js.gz", "3");
  folder.write("web/assets/plain.js", "4");
  folder.write("web/alone.br", "5");
  folder.write("web/.hidden", "6");
  folder.write("web/.git/config", "7");
  const std::string secret = folder.write("secret", "8");
  std::filesystem::create_symlink(secret, folder / "web/link");
  std::filesystem::create_directory_symlink(folder.path(), folder / "web/up");
  StaticFiles files;
  add_folder(files, folder / "web", "/x");
  REQUIRE(files.size() == 3);
  const StaticFile& app = files.at("/x/assets/app-Ab3dEf9h.js");
  CHECK(app.immutable);
  CHECK(app.mime == "text/javascript; charset=utf-8");
  CHECK_FALSE(files.at("/x/assets/plain.js").immutable);
  CHECK_FALSE(files.at("/x/index.html").immutable);

  CHECK(read_static(app, "")->body == "1");
  CHECK(read_static(app, "gzip, br;q=0.8")->body == "2");
  CHECK(read_static(app, "gzip, br;q=0")->body == "3");
  CHECK(read_static(app, "br")->encoding == "br");
  CHECK(read_static(app, "br")->etag != read_static(app, "")->etag);

  std::filesystem::remove(folder / "web/index.html");  // swapped for a link after the walk
  std::filesystem::create_symlink(secret, folder / "web/index.html");
  CHECK_FALSE(read_static(files.at("/x/index.html"), ""));
}

TEST_CASE("static files: Accept-Encoding") {
  CHECK_FALSE(accepts("", "br"));
  CHECK_FALSE(accepts(";;,,=;q", "br"));
  CHECK_FALSE(accepts("brotli", "br"));
  CHECK_FALSE(accepts("gzip;q=1, br;q=0.000", "br"));
  CHECK(accepts("GZIP , BR", "br"));
  CHECK(accepts("br;q=0.001", "br"));
}

TEST_CASE("static files: media types") {
  CHECK(mime_type("/a.wasm") == "application/wasm");
  CHECK(mime_type("/models/student.onnx") == "application/octet-stream");
  CHECK(mime_type("/a.b/c") == "application/octet-stream");
  CHECK(mime_type("") == "application/octet-stream");
}
