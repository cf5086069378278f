#include "native/cluster/connection.h"

#include <doctest/doctest.h>

#include <chrono>
#include <random>

#include "native/cluster/bucket.h"
#include "nats_cluster.h"

using namespace terpsi;
using namespace terpsi::native;
using namespace std::chrono_literals;

TEST_CASE("addresses: what is missing is the first one's") {
  const auto urls = server_urls("nats://me:secret@a,b:5000,[::1]:4333");
  REQUIRE(urls);
  CHECK(*urls == std::vector<std::string>{"nats://me:secret@a:4222", "nats://me:secret@b:5000",
                                          "nats://me:secret@[::1]:4333"});
  CHECK(server_urls("tls://a")->at(0) == "tls://a:4222");
  CHECK(server_urls("localhost")->at(0) == "nats://localhost:4222");
}

TEST_CASE("addresses: garbage is refused with a sentence") {
  for (const char* text : {"", ",", "nats://", "http://a", "nats://a,tls://b", "a:0", "a:65536",
                           "a:99999999999", "a:x", "a b", "nats://u:p@", "a\n", "a/../b", "a;b", "a:4222,"}) {
    CAPTURE(text);
    const auto urls = server_urls(text);
    REQUIRE_FALSE(urls);
    CHECK(urls.error().code == ErrorCode::invalid_argument);
    CHECK(urls.error().message.find("nats://user:password@host:4222") != std::string::npos);
  }
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::size_t n = random() % 40; n > 0; --n)
      text += static_cast<char>(random() % 4 ? "nats:/@,.[]09a-"[random() % 15] : random() % 256);
    if (const auto urls = server_urls(text)) {
      for (const std::string& url : *urls) CHECK(url.find(',') == std::string::npos);
    }
  }
}

TEST_CASE("connect: options out of range") {
  ClusterOptions options;
  options.urls = "127.0.0.1:1";
  options.patience = 100ms;
  for (const char* site : {"", "a.b", "A", "a b", "*", ">"}) {
    options.site = site;
    CHECK(Cluster::connect(options).error().code == ErrorCode::invalid_argument);
  }
  options.site = "terpsi";
  options.replicas = 2;
  CHECK(Cluster::connect(options).error().code == ErrorCode::invalid_argument);
  options.replicas = 0;
  options.worker_silence = 10ms;
  CHECK(Cluster::connect(options).error().code == ErrorCode::invalid_argument);
  options.worker_silence = 2s;
  options.credentials = "/nonexistent.creds";
  CHECK(Cluster::connect(options).error().code == ErrorCode::not_found);
}

TEST_CASE("connect: no server answers, and the password is not disclosed") {
  ClusterOptions options;
  options.urls = "nats://me:secret@127.0.0.1:1";
  options.patience = 300ms;
  const auto cluster = Cluster::connect(options);
  REQUIRE_FALSE(cluster);
  CHECK(cluster.error().code == ErrorCode::io);
  CHECK(cluster.error().message.find("127.0.0.1:1") != std::string::npos);
  CHECK(cluster.error().message.find("secret") == std::string::npos);
}

TEST_CASE("connect: one server, with a user, without JetStream, with too few servers") {
  TERPSI_NEEDS_NATS();
  {
    test::NatsCluster nats({.nodes = 1, .jetstream = false});
    const auto cluster = Cluster::connect(nats.site("a"));
    REQUIRE_FALSE(cluster);
    CHECK(cluster.error().code == ErrorCode::unsupported);
    CHECK(cluster.error().message.find("JetStream") != std::string::npos);
  }
  test::NatsCluster nats({.nodes = 1, .user = "me:secret"});
  REQUIRE(nats.wait());
  ClusterOptions options = nats.site("a");
  const auto cluster = Cluster::connect(options);
  REQUIRE(cluster);
  CHECK((*cluster)->replicas() == 1);
  CHECK((*cluster)->max_message() == 8u << 20);
  CHECK((*cluster)->stream("renders") == "A_RENDERS");

  options.urls = nats.url(0);  // without the user
  options.patience = 500ms;
  const auto stranger = Cluster::connect(options);
  REQUIRE_FALSE(stranger);
  CHECK(stranger.error().code == ErrorCode::io);
  CHECK(stranger.error().message.find("user") != std::string::npos);

  options = nats.site("b");
  options.replicas = 3;
  options.patience = 500ms;
  const auto copies = open_cluster_store(options);
  REQUIRE_FALSE(copies);
  CHECK(copies.error().code == ErrorCode::unsupported);
  CHECK(copies.error().message.find("3 copies") != std::string::npos);
}

TEST_CASE("bucket: writes know what they replace; removal is of one revision") {
  TERPSI_NEEDS_NATS();
  test::NatsCluster nats({.nodes = 1});
  const auto cluster = Cluster::connect(nats.site("site"));
  REQUIRE(cluster);
  const auto bucket = Bucket::open(*cluster, "things", {.quick = true});
  REQUIRE(bucket);
  REQUIRE(Bucket::open(*cluster, "things", {.quick = true}));  // again

  CHECK_FALSE(bucket->get("a")->has_value());
  CHECK_FALSE(bucket->get_near("a")->has_value());
  const auto first = bucket->write("a", "one", 0);
  REQUIRE(first);
  REQUIRE(*first);
  CHECK_FALSE(bucket->write("a", "two", 0)->has_value());
  CHECK(bucket->get("a")->value().value == "one");
  const auto second = bucket->write("a", std::string_view("t\0o", 3), **first);
  REQUIRE(*second);
  CHECK(**second > **first);
  CHECK_FALSE(bucket->write("a", "three", **first)->has_value());
  CHECK_FALSE(bucket->write_quickly("a", "three", **first, 1s)->has_value());
  CHECK(bucket->get("a")->value().value == std::string("t\0o", 3));
  CHECK(bucket->get_near("a")->value().revision == **second);

  REQUIRE(bucket->put("b", std::string(100000, 'x')));
  const auto all = bucket->list(true);
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].key == "a");
  CHECK((*all)[1].value.size() == 100000);
  CHECK(bucket->list(false)->at(1).value.empty());

  CHECK(bucket->erase(**first).ok());  // replaced long ago
  CHECK(bucket->get("a")->has_value());
  CHECK(bucket->erase(**second).ok());
  CHECK(bucket->erase(**second).ok());
  CHECK_FALSE(bucket->get("a")->has_value());
  CHECK_FALSE(bucket->get_near("a")->has_value());
  CHECK(bucket->list(false)->size() == 1);
  CHECK(bucket->write("a", "anew", 0)->has_value());
}
