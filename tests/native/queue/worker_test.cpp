#include "native/queue/worker.h"

#include <doctest/doctest.h>

#include <thread>

#include "format/dance_file.h"
#include "native/queue/local_queue.h"
#include "native/queue/some_request.h"
#include "native/temp_folder.h"
#include "source_path.h"

using namespace terpsi;
using namespace terpsi::native;
using Clock = std::chrono::steady_clock;

namespace {

struct WorkerFixture {
  test::TempFolder folder;
  std::unique_ptr<DataFolder> data;
  std::unique_ptr<LocalQueue> queue;
  std::unique_ptr<Renderer> renderer;

  explicit WorkerFixture(const std::string& model = "student") {
    auto opened = DataFolder::open(folder / "data");
    REQUIRE(opened);
    data = std::move(*opened);
    auto local = LocalQueue::open(*data);
    REQUIRE(local);
    queue = std::move(*local);
    auto loaded = Renderer::open({.models = open_models(terpsi::project::source_path("models")),
                                  .default_model = model,
                                  .generator = {}});
    REQUIRE_MESSAGE(loaded, loaded.error().message);
    renderer = std::move(*loaded);
  }
  std::string submit(const std::string& request) const {
    auto id = queue->submit({request, "student", "a", ""});
    REQUIRE(id);
    return *id;
  }
  // The status once `wanted` says so, or after a minute.
  template <class F>
  RenderStatus when(const std::string& id, const F& wanted) const {
    const auto until = Clock::now() + std::chrono::seconds(60);
    std::uint64_t seen = 0;
    for (;;) {
      const auto changes = queue->changes(id, seen, std::chrono::milliseconds(500));
      REQUIRE(changes);
      for (const auto& status : *changes) {
        seen = status.version;
        if (wanted(status)) return status;
      }
      REQUIRE(Clock::now() < until);
    }
  }
  RenderStatus ended(const std::string& id) const {
    return when(id, [](const RenderStatus& s) { return is_over(s.state); });
  }
};

}  // namespace

TEST_CASE("worker: missing models are an error that lists those there are") {
  const auto wrong = Renderer::open({.models = open_models(terpsi::project::source_path("models")),
                                     .default_model = "nothing",
                                     .generator = {}});
  REQUIRE(!wrong);
  CHECK(wrong.error().message.find("student") != std::string::npos);
  CHECK(!Renderer::open({.models = open_models("/no/such/folder"), .default_model = "", .generator = {}}));
}

TEST_CASE("worker: makes the requested dance and reports progress") {
  const WorkerFixture f;
  const Worker worker(*f.queue, *f.renderer);
  const auto id = f.submit(test::some_request(R"("title":"Song","seed":"7","style":"house")", 8));
  const auto status = f.ended(id);
  CHECK(status.state == RenderState::done);
  CHECK(status.progress == 1);
  const auto file = f.queue->result(id);
  REQUIRE(file);
  const auto dance = format::read_dance(*file);
  REQUIRE(dance);
  CHECK(dance->title == "Song");
  CHECK(dance->seed == 7);
  CHECK(dance->style == "house");
  CHECK(dance->model_name == "student");
  CHECK(dance->clip.frames.size() == 240);
  const auto again = f.submit(test::some_request(R"("title":"Song","seed":"7","style":"house")", 8));
  CHECK(f.ended(again).state == RenderState::done);
  CHECK(*f.queue->result(again) == *file);  // the same seed, the same dance
  const auto other = f.submit(test::some_request(R"("model":"gan")", 4));
  CHECK(f.ended(other).state == RenderState::done);
}

TEST_CASE("worker: a request that cannot be rendered fails with a reason, and the next is made") {
  const WorkerFixture f;
  const Worker worker(*f.queue, *f.renderer);
  const auto wrong = f.submit(test::some_request(R"("model":"nothing")"));
  const auto status = f.ended(wrong);
  CHECK(status.state == RenderState::failed);
  CHECK(status.error_code == "bad_request");
  CHECK(status.error.find("student") != std::string::npos);
  CHECK(f.ended(f.submit(test::some_request())).state == RenderState::done);
}

TEST_CASE("worker: a running render of minutes is cancelled within a second") {
  const WorkerFixture f("teacher");
  const Worker worker(*f.queue, *f.renderer);
  const auto id = f.submit(test::some_request(R"("model":"teacher","candidates":8)", 600));
  f.when(id, [](const RenderStatus& s) { return s.state == RenderState::running; });
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // well inside an evaluation
  const auto begun = Clock::now();
  CHECK(f.queue->cancel(id));
  while (worker.busy()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(Clock::now() - begun < std::chrono::seconds(3));  // one on an idle machine
  CHECK(worker.figures().cancelled == 1);
}

TEST_CASE("worker: a render that takes too long fails") {
  const WorkerFixture f("teacher");
  const Worker worker(*f.queue, *f.renderer, {std::chrono::seconds(1), std::chrono::seconds(1)});
  const auto status = f.ended(f.submit(test::some_request(R"("model":"teacher","candidates":8)", 600)));
  CHECK(status.state == RenderState::failed);
  CHECK(status.error_code == "timeout");
}

TEST_CASE("worker: an unfinished render returns to the queue when it stops") {
  const WorkerFixture f("teacher");
  std::string id;
  {
    Worker worker(*f.queue, *f.renderer, {std::chrono::seconds(600), std::chrono::seconds(0)});
    id = f.submit(test::some_request(R"("model":"teacher","candidates":8)", 600));
    f.when(id, [](const RenderStatus& s) { return s.state == RenderState::running; });
    worker.stop();
    CHECK(worker.figures().given_back == 1);
  }
  CHECK(f.queue->status(id)->state == RenderState::queued);
}
