// Clients that are slow, silent, too many or gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <thread>

#include "base/error.h"
#include "tests/serve/client.h"
#include "tests/serve/study_server.h"

namespace normlab {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

class Clients : public testing::Test {
 protected:
  Clients() : study_(folder_.path() + "/run") { study_.Write(2); }
  void Start(const ServerLimits& limits, int port = 0, BuildLivePage build = EpochsPage) {
    server_.reset();
    server_ = std::make_unique<LiveServer>(ServerEntrance{port}, std::vector{study_.path()},
                                           std::move(build), limits);
  }
  int port() const { return server_->port(); }

  TemporaryFolder folder_;
  Study study_;
  std::unique_ptr<LiveServer> server_;
};

TEST_F(Clients, SilentOnesAreSentAwayAndNobodyWaitsForThem) {
  ServerLimits limits = QuickLimits();
  limits.request = std::chrono::seconds(3);
  Start(limits);
  const auto start = steady_clock::now();
  std::list<Client> silent;
  for (int i = 0; i < 40; ++i) silent.emplace_back(port());
  silent.emplace_back(port()).Send("GET / HTTP/1.1\r\nHost: loc");
  EXPECT_EQ(Ask(port(), "GET", "/").status, 200);
  EXPECT_LT(steady_clock::now() - start, milliseconds(2500)) << "waited for the silent ones";
  for (Client& client : silent) EXPECT_EQ(ParseReply(client.ReadToEnd()).status, 408);
}

// Byte by byte, each in time: the whole head has one deadline.
TEST_F(Clients, ATricklingOneIsSentAway) {
  Start(QuickLimits());
  Client client(port());
  const auto start = steady_clock::now();
  while (steady_clock::now() - start < std::chrono::seconds(5) && client.Send("x")) {
    if (!client.ReadUntil("\r\n\r\n", milliseconds(50)).empty()) break;
  }
  EXPECT_EQ(ParseReply(client.ReadToEnd()).status, 408);
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(3));
}

TEST_F(Clients, OneThatNeverReadsHoldsNobodyUpAndIsLeft) {
  const std::string large(std::size_t{32} << 20, 'x');
  Start(QuickLimits(), 0, [&](const std::vector<RunRecord>&) {
    return LivePage{"<!DOCTYPE html>", large};
  });
  Client deaf(port());
  deaf.Send("GET /data.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(port(), "GET", "/").status, 200);
  EXPECT_EQ(Ask(port(), "GET", "/data.json").body.size(), large.size());
  std::this_thread::sleep_for(2 * QuickLimits().write);
  EXPECT_LT(deaf.ReadToEnd().size(), large.size()) << "was waited for";
  EXPECT_TRUE(deaf.ended());
}

TEST_F(Clients, MoreThanTheLimitAreToldSo) {
  ServerLimits limits = QuickLimits();
  limits.request = std::chrono::seconds(30);
  limits.connections = 5;
  Start(limits);
  std::list<Client> open;
  for (int i = 0; i < 5; ++i) open.emplace_back(port());
  const Reply refused = Ask(port(), "GET", "/");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("retry-after"), "2");
  EXPECT_THAT(refused.body, HasSubstr("too many pages are open"));
  open.clear();
  const auto start = steady_clock::now();
  while (Ask(port(), "GET", "/").status != 200) {
    ASSERT_LT(steady_clock::now() - start, std::chrono::seconds(5)) << "still refused";
  }
}

TEST_F(Clients, MoreStreamsThanTheLimitAreToldSoAndPagesStillCome) {
  ServerLimits limits = QuickLimits();
  limits.pages = 3;
  Start(limits);
  std::list<Client> streams;
  for (int i = 0; i < 3; ++i) {
    streams.emplace_back(port()).Send(EventsRequest());
    EXPECT_THAT(streams.back().ReadUntil("data: data"), HasSubstr("id: "));
  }
  EXPECT_EQ(Ask(port(), "GET", "/events").status, 503);
  EXPECT_EQ(Ask(port(), "GET", "/").status, 200);
  streams.pop_front();  // a page that is closed makes room
  const auto start = steady_clock::now();
  while (true) {
    Client next(port());
    next.Send(EventsRequest());
    if (next.ReadUntil("data: data").find("id: ") != std::string::npos) break;
    ASSERT_LT(steady_clock::now() - start, std::chrono::seconds(5)) << "still refused";
  }
}

TEST_F(Clients, FarTooManyAreDroppedAndTheServerLives) {
  ServerLimits limits = QuickLimits();
  limits.connections = 5;
  Start(limits);
  {
    std::list<Client> crowd;
    for (int i = 0; i < 300; ++i) crowd.emplace_back(port());
  }
  const auto start = steady_clock::now();
  while (Ask(port(), "GET", "/").status != 200) {
    ASSERT_LT(steady_clock::now() - start, std::chrono::seconds(10)) << "still refused";
  }
}

TEST_F(Clients, TheServerEndsAtOnceWhateverTheyDo) {
  ServerLimits limits;  // of the program: seconds
  Start(limits);
  std::list<Client> open;
  for (int i = 0; i < 10; ++i) open.emplace_back(port());  // silent
  for (int i = 0; i < 10; ++i) {
    open.emplace_back(port()).Send(EventsRequest());
    open.back().ReadUntil("data: data");
  }
  const auto start = steady_clock::now();
  server_.reset();
  EXPECT_LT(steady_clock::now() - start, milliseconds(500));
  for (Client& client : open) {
    client.ReadToEnd();
    EXPECT_TRUE(client.ended());
  }
}

TEST_F(Clients, APortThatIsTakenIsOneLineThatSaysWhatToDo) {
  Start(QuickLimits());
  try {
    const LiveServer second({port()}, {study_.path()}, EpochsPage);
    FAIL() << "two servers at one port";
  } catch (const RunError& error) {
    EXPECT_EQ(error.what(),
              fmt::format("127.0.0.1:{}: cannot listen: another program listens there already; "
                          "take another --port, or --port 0 for any that is free",
                          port()));
  }
}

TEST_F(Clients, AServerTakesUpItsPortAgain) {
  Start(QuickLimits());
  const int port = this->port();
  Client stream(port);
  stream.Send(EventsRequest());
  stream.ReadUntil("data: data");
  Start(QuickLimits(), port);
  EXPECT_EQ(Ask(port, "GET", "/").status, 200);
}

}  // namespace
}  // namespace normlab
