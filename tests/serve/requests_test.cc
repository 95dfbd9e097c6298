// What is answered to requests, good and bad.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "serve/connection.h"
#include "serve/headers.h"
#include "tests/serve/client.h"
#include "tests/serve/study_server.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Requests : public testing::Test {
 protected:
  Requests() : study_(folder_.path() + "/run") {
    study_.Write(2);
    server_ = std::make_unique<LiveServer>(ServerEntrance{}, std::vector{study_.path()}, EpochsPage,
                                           QuickLimits());
  }
  int port() const { return server_->port(); }
  Reply Get(const std::string& target, const std::string& headers = "") const {
    return Ask(port(), "GET", target, headers);
  }
  // The server still does its work.
  void ExpectAlive() const { EXPECT_EQ(Get("/data.json").body, "{\"epochs\":\"batch 2, \"}"); }

  TemporaryFolder folder_;
  Study study_;
  std::unique_ptr<LiveServer> server_;
};

TEST_F(Requests, ThePageAndItsData) {
  const Reply page = Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<!DOCTYPE html><p>batch 2, ");
  EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
  const Reply data = Get("/data.json?again=1");
  EXPECT_EQ(data.status, 200);
  EXPECT_EQ(data.body, "{\"epochs\":\"batch 2, \"}");
  EXPECT_EQ(data.headers.at("content-type"), "application/json");
  EXPECT_EQ(data.headers.at("content-length"), std::to_string(data.body.size()));
}

TEST_F(Requests, EveryAnswerForbidsWhatNoPageNeeds) {
  for (const Reply& reply :
       {Get("/"), Get("/data.json"), Get("/nothing"), Get("/waiting.js"), Ask(port(), "POST", "/"),
        Get("/", "Host: evil.example\r\n"), ParseReply(Refusal(503))}) {
    EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff") << reply.status;
    EXPECT_EQ(reply.headers.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(reply.headers.at("cross-origin-resource-policy"), "same-origin");
    EXPECT_EQ(reply.headers.at("x-frame-options"), "DENY");
    EXPECT_FALSE(reply.headers.contains("access-control-allow-origin"));
  }
  EXPECT_THAT(Get("/").headers.at("content-security-policy"),
              testing::AllOf(HasSubstr("connect-src 'self'"), HasSubstr("frame-ancestors 'none'")));
}

TEST_F(Requests, HeadTellsWhatGetWouldSend) {
  for (const char* target : {"/", "/data.json", "/waiting.css"}) {
    const Reply get = Get(target), head = Ask(port(), "HEAD", target);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.headers.at("content-length"), std::to_string(get.body.size())) << target;
  }
  EXPECT_EQ(Ask(port(), "HEAD", "/events").status, 200);
}

TEST_F(Requests, UnchangedDataAreNotSentAgain) {
  const std::string tag = Get("/data.json").headers.at("etag");
  EXPECT_EQ(Get("/").headers.at("etag"), tag);
  const Reply again = Get("/data.json", "If-None-Match: W/\"x\", " + tag + "\r\n");
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  study_.Write(3);
  Reply changed;
  const auto start = std::chrono::steady_clock::now();
  do {
    ASSERT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10)) << "never told";
    changed = Get("/data.json", "If-None-Match: " + tag + "\r\n");
  } while (changed.status == 304);
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body, "{\"epochs\":\"batch 3, \"}");
  EXPECT_NE(changed.headers.at("etag"), tag);
}

TEST_F(Requests, OnlyItsOwnNameIsAnswered) {
  for (const char* host : {"127.0.0.1", "localhost", "LocalHost:7117", "[::1]", "[::1]:7117",
                           "127.0.0.1:1", "localhost:65535"}) {
    EXPECT_EQ(Get("/", std::string("Host: ") + host + "\r\n").status, 200) << host;
  }
  for (const char* host :
       {"evil.example", "evil.example:7117", "localhost.evil.example", "127.0.0.1.evil.example",
        "localhost:", "localhost:7x", "localhost:123456", "127.0.0.2", "127.0.0.1:7117@evil", "::1",
        "0.0.0.0", "localhost localhost", "[::1", "[::1]7117"}) {
    const Reply reply = Get("/data.json", std::string("Host: ") + host + "\r\n");
    EXPECT_EQ(reply.status, 403) << host;
    EXPECT_THAT(reply.body, Not(HasSubstr("epochs"))) << host;
    EXPECT_THAT(reply.body, HasSubstr(fmt::format("found '{}'", host)));
  }
  const Reply nameless = Get("/", "NoHost: 1\r\n");
  EXPECT_EQ(nameless.status, 403);
  EXPECT_THAT(nameless.body, HasSubstr("found none"));
  const Reply twofold = Get("/", "Host: localhost\r\nHost: evil.example\r\n");
  EXPECT_EQ(twofold.status, 403);
  EXPECT_THAT(twofold.body, HasSubstr("found several"));
  // Before the method and the path: a stranger learns nothing of either.
  EXPECT_EQ(Ask(port(), "POST", "/nothing", "Host: evil.example\r\n").status, 403);
}

TEST_F(Requests, NothingCanBeChanged) {
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}) {
    const Reply reply = Ask(port(), method, "/", "Content-Length: 0\r\n");
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_EQ(reply.headers.at("allow"), "GET, HEAD");
  }
  EXPECT_EQ(Ask(port(), "BREW", "/").status, 400);
  EXPECT_EQ(Ask(port(), "get", "/").status, 400);
}

TEST_F(Requests, ABodyIsNotWaitedFor) {
  const auto start = std::chrono::steady_clock::now();
  Client client(port());
  client.Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nabc");
  EXPECT_EQ(ParseReply(client.ReadUntil("or HEAD\n")).status, 405);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(Requests, NoFileIsServedByItsName) {
  WriteFile(folder_.path() + "/secret.txt", "secret\n");
  std::filesystem::create_symlink("../secret.txt", study_.path() + "/link.txt");
  for (const char* target :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/passwd", "/link.txt",
        "/study.json", "/./", "/%2e/", "/data.json/", "/data.json%00", "/files/../secret.txt",
        "http://127.0.0.1/data.json", "*", "secret.txt", "/\\..\\secret.txt", "/%5c..%5csecret.txt",
        "/%c0%ae%c0%ae/secret.txt"}) {
    const Reply reply = Get(target);
    EXPECT_EQ(reply.status, 404) << target;
    EXPECT_THAT(reply.body, Not(HasSubstr("secret\n"))) << target;
  }
  EXPECT_EQ(Get(study_.metrics().substr(study_.path().size())).status, 404);
}

TEST_F(Requests, RangesAndEncodingsAreNotHeard) {
  const std::string whole = Get("/data.json").body;
  for (const char* header :
       {"Range: bytes=5-9\r\n", "Range: bytes=500-9999999\r\n", "Range: bytes=-99999999999999\r\n",
        "Range: bytes=1-2,3-4\r\n", "Accept-Encoding: br, gzip\r\n", "Expect: 100-continue\r\n",
        "Transfer-Encoding: chunked\r\n", "Connection: keep-alive\r\n"}) {
    const Reply reply = Get("/data.json", header);
    EXPECT_EQ(reply.status, 200) << header;
    EXPECT_EQ(reply.body, whole) << header;
    EXPECT_FALSE(reply.headers.contains("content-encoding")) << header;
  }
  EXPECT_EQ(Get("/", "Range: bytes=" + std::string(8000, '1') + "-\r\n").status, 200);
}

TEST_F(Requests, HeadsAreLimitedInSize) {
  EXPECT_EQ(Get("/", "Cookie: " + std::string(12000, 'x') + "\r\n").status, 200);
  EXPECT_EQ(Get("/", "Cookie: " + std::string(17000, 'x') + "\r\n").status, 431);
  EXPECT_EQ(Get("/" + std::string(9000, 'x')).status, 414);
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "A: b\r\n";
  EXPECT_EQ(Get("/", many).status, 431);
  // A line that never ends is not read to its end.
  Client endless(port());
  const std::string block(1 << 16, 'x');
  for (int i = 0; i < 64 && endless.Send(block); ++i) {
  }
  EXPECT_EQ(ParseReply(endless.ReadToEnd()).status, 431);
  ExpectAlive();
}

TEST_F(Requests, WhatIsNoRequestIsRefused) {
  for (const char* text :
       {"\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/1.1 x\r\n\r\n", "GET /\x01 HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02 TLS\r\n\r\n",
        "GET / HTTP/1.1\nHost: localhost\r\n\r\n",
        "GET /?a?b?c HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
    Client client(port());
    client.Send(text);
    EXPECT_EQ(ParseReply(client.ReadToEnd()).status, 400) << text;
  }
  ExpectAlive();
}

TEST_F(Requests, OfAHeadOnlyWhatIsUsedGoesOn) {
  EXPECT_EQ(UsedLines("GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-\r\nlast-event-ID: 7\r\nX"),
            "GET / HTTP/1.1\r\nHost: a\r\nlast-event-ID: 7\r\n\r\n");
  EXPECT_EQ(UsedLines("GET / HTTP/1.1\r\nHost: a\nb\r\n"), "");
  EXPECT_EQ(UsedLines(std::string("GET /\0 HTTP/1.1", 15)), "");
  EXPECT_EQ(UsedLines(""), "");
}

}  // namespace
}  // namespace normlab
