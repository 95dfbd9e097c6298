// A page that other machines may reach is shown to whoever has its token, and to nobody else.
#include "serve/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <memory>
#include <set>

#include "tests/serve/client.h"
#include "tests/serve/study_server.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr const char* kData = "{\"epochs\":\"batch 2, \"}";

TEST(Token, IsAnewEachTimeAndHas128Bits) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string token = NewToken();
    EXPECT_THAT(token, MatchesRegex("[0-9a-f]+"));
    EXPECT_EQ(token.size(), 128u / 4);
    EXPECT_TRUE(seen.insert(token).second) << token;
  }
}

TEST(Token, IsTheFirstPartOfAPath) {
  EXPECT_EQ(PathBehindToken("/ab12/", "ab12"), "/");
  EXPECT_EQ(PathBehindToken("/ab12/data.json", "ab12"), "/data.json");
  EXPECT_EQ(PathBehindToken("/ab12//", "ab12"), "//");
  EXPECT_EQ(PathBehindToken("/ab12", "ab12"), "");
  for (const char* path : {"", "/", "//", "ab12", "ab12/", "//ab12/", "/ab1/", "/ab123/", "/AB12/",
                           "/ab13/", "/bb12/", "/x/ab12/", "/ab12?", "/ab1/2/"}) {
    EXPECT_EQ(PathBehindToken(path, "ab12"), std::nullopt) << path;
  }
}

class WithToken : public testing::Test {
 protected:
  WithToken() : study_(folder_.path() + "/run") {
    study_.Write(2);
    server_ = std::make_unique<LiveServer>(ServerEntrance{0, {}, token_},
                                           std::vector{study_.path()}, EpochsPage, QuickLimits());
  }
  Reply Get(const std::string& target, const std::string& headers = "") const {
    return Ask(server_->port(), "GET", target, headers);
  }
  void ExpectRefused(const Reply& reply, const std::string& target) const {
    EXPECT_EQ(reply.status, 403) << target;
    EXPECT_THAT(reply.body, Not(HasSubstr("batch"))) << target;
    EXPECT_THAT(reply.body, Not(HasSubstr(token_))) << target;
    EXPECT_EQ(reply.headers.at("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(reply.headers.at("referrer-policy"), "no-referrer");
  }

  const std::string token_ = NewToken();
  TemporaryFolder folder_;
  Study study_;
  std::unique_ptr<LiveServer> server_;
};

TEST_F(WithToken, EveryAddressIsBehindIt) {
  EXPECT_EQ(Get("/" + token_ + "/").body, "<!DOCTYPE html><p>batch 2, ");
  EXPECT_EQ(Get("/" + token_ + "/data.json").body, kData);
  EXPECT_EQ(Get("/" + token_ + "/waiting.js").status, 200);
  EXPECT_EQ(Get("/" + token_ + "/waiting.css").status, 200);
  EXPECT_EQ(Ask(server_->port(), "HEAD", "/" + token_ + "/").status, 200);
  EXPECT_EQ(Get("/" + token_ + "/nothing").status, 404);
  EXPECT_EQ(Get("/" + token_ + "/" + token_ + "/").status, 404);
  EXPECT_EQ(Ask(server_->port(), "POST", "/" + token_ + "/").status, 405);
  // Relative addresses need the slash.
  const Reply bare = Get("/" + token_);
  EXPECT_EQ(bare.status, 302);
  EXPECT_EQ(bare.headers.at("location"), "/" + token_ + "/");
}

TEST_F(WithToken, WithoutItNothingIsTold) {
  std::string upper = token_, other = token_;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  upper += upper == token_ ? "A" : "";  // sixteen bytes of digits alone
  other.back() = other.back() == '0' ? '1' : '0';
  for (const std::string& target :
       {std::string("/"), std::string("/data.json"), std::string("/waiting.js"),
        std::string("/nothing"), "//" + token_ + "/", "/data.json/" + token_ + "/",
        "/" + upper + "/", "/" + other + "/data.json", "/" + token_.substr(1) + "/data.json",
        "/" + token_.substr(0, token_.size() - 1) + "/data.json", "/" + token_ + "0/data.json",
        "/" + token_ + token_ + "/data.json", "/" + token_ + "%00/data.json", "/?token=" + token_,
        "/data.json?" + token_, "/../" + token_ + "/"}) {
    ExpectRefused(Get(target), target);
  }
  EXPECT_THAT(Get("/").body, HasSubstr("expected the address that normlab serve printed"));
  ExpectRefused(Get("/data.json", "Cookie: token=" + token_ + "\r\n"), "a cookie");
  ExpectRefused(Ask(server_->port(), "POST", "/nothing"), "POST");
  EXPECT_EQ(Ask(server_->port(), "HEAD", "/").status, 403);
}

TEST_F(WithToken, StreamsAreBehindItToo) {
  Client stranger(server_->port());
  stranger.Send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ExpectRefused(ParseReply(stranger.ReadToEnd()), "/events");
  Client guest(server_->port());
  guest.Send("GET /" + token_ + "/events HTTP/1.1\r\nHost: machine.example\r\n\r\n");
  EXPECT_THAT(guest.ReadUntil("data: data"), HasSubstr("text/event-stream"));
}

TEST_F(WithToken, AnyHostWillDo) {
  for (const char* host : {"Host: 192.0.2.7:7117\r\n", "Host: machine.example\r\n",
                           "Host: [2001:db8::1]:80\r\n", "NoHost: 1\r\n"}) {
    EXPECT_EQ(Get("/" + token_ + "/data.json", host).body, kData) << host;
    ExpectRefused(Get("/data.json", host), host);
  }
}

}  // namespace
}  // namespace normlab
