// What the open pages are told while the folders change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <list>
#include <thread>

#include "base/error.h"
#include "tests/serve/client.h"
#include "tests/serve/study_server.h"

namespace normlab {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

class Events : public testing::Test {
 protected:
  Events() : study_(folder_.path() + "/run") {}
  void Start(int port = 0, BuildLivePage build = EpochsPage) {
    server_.reset();
    server_ = std::make_unique<LiveServer>(ServerEntrance{port}, std::vector{study_.path()},
                                           std::move(build), QuickLimits());
  }
  int port() const { return server_->port(); }
  Reply Get(const std::string& target) const { return Ask(port(), "GET", target); }
  std::string Version() const {
    const std::string tag = Get("/").headers.at("etag");
    return tag.substr(1, tag.size() - 2);
  }
  // Waits until the data are these.
  void ExpectData(const std::string& text) const {
    std::string body;
    for (int i = 0; i < 200; ++i) {
      body = Get("/data.json").body;
      if (body.find(text) != std::string::npos) return;
      std::this_thread::sleep_for(milliseconds(25));
    }
    FAIL() << "expected " << text << ", found " << body;
  }

  TemporaryFolder folder_;
  Study study_;
  std::unique_ptr<LiveServer> server_;
};

TEST_F(Events, FiftyPagesAreToldOfAnEpochAndItIsBuiltOnce) {
  std::atomic<int> builds = 0;
  study_.Write(1);
  Start(0, [&](const std::vector<RunRecord>& runs) {
    ++builds;
    return EpochsPage(runs);
  });
  std::list<Client> pages;
  for (int i = 0; i < 50; ++i) pages.emplace_back(port()).Send(EventsRequest());
  const std::string first = Version();
  for (Client& page : pages) {
    const std::string text = page.ReadUntil("data: data");
    EXPECT_EQ(LastId(text), first) << text;
  }
  EXPECT_EQ(builds, 1);
  study_.Write(2);
  ExpectData("batch 2");
  const std::string second = Version();
  EXPECT_NE(second, first);
  for (Client& page : pages) {
    const std::string text = page.ReadUntil("id: " + second + "\ndata: data\n\n");
    EXPECT_EQ(LastId(text), second) << text;
    EXPECT_FALSE(page.ended());
  }
  // A folder is written file by file, five of them, and each may be met empty and whole.
  EXPECT_LE(builds, 1 + 2 * 5);
}

TEST_F(Events, AreAStreamThatIsNeitherKeptNorPacked) {
  study_.Write(1);
  Start();
  Client page(port());
  page.Send(EventsRequest());
  const Reply reply = ParseReply(page.ReadUntil("data: data\n\n"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
  EXPECT_FALSE(reply.headers.contains("content-encoding"));
  EXPECT_THAT(reply.body, HasSubstr("retry: 1000\n\n"));
  // A line now and then, by which both sides learn whether the other is there.
  EXPECT_THAT(page.ReadUntil(":\n\n", std::chrono::seconds(5)), HasSubstr("\r\n:\n\n"));
}

TEST_F(Events, NothingNewIsNoEvent) {
  study_.Write(1);
  Start();
  Client page(port());
  page.Send(EventsRequest());
  page.ReadUntil("data: data");
  study_.Write(1);  // written again, the same
  WriteFile(study_.path() + "/notes.txt", "mine");
  const std::string text = page.ReadUntil("\nnever", milliseconds(500));
  EXPECT_EQ(text.find("data: data"), text.rfind("data: data")) << text;
}

TEST_F(Events, WhoComesBackWithTheVersionThatHoldsIsToldNothing) {
  study_.Write(1);
  Start();
  const std::string version = Version();
  Client same(port()), older(port());
  same.Send(EventsRequest(version));
  older.Send(EventsRequest("0123456789abcdef"));
  EXPECT_EQ(LastId(older.ReadUntil("data: data")), version);
  EXPECT_THAT(same.ReadUntil("data: data", milliseconds(500)), Not(HasSubstr("id:")));
  study_.Write(2);
  ExpectData("batch 2");
  EXPECT_EQ(LastId(same.ReadUntil("data: data")), Version());
}

TEST_F(Events, PagesGoOnAfterTheServersOwnRestart) {
  study_.Write(1);
  Start();
  const int port = this->port();
  std::string known;
  {
    Client page(port);
    page.Send(EventsRequest());
    known = LastId(page.ReadUntil("data: data"));
    server_.reset();
    page.ReadToEnd();
    EXPECT_TRUE(page.ended());
  }
  // Meanwhile nothing: the same version. Then an epoch ends while no server is there.
  Start(port);
  EXPECT_EQ(Version(), known);
  server_.reset();
  study_.Write(2);
  Start(port);
  Client page(port);
  page.Send(EventsRequest(known));
  const std::string next = LastId(page.ReadUntil("data: data"));
  EXPECT_NE(next, known);
  EXPECT_EQ(next, Version());
}

TEST_F(Events, AFolderFromItsBeginningToItsEndAndAgain) {
  Start();
  Client page(port());
  page.Send(EventsRequest());
  std::string text = page.ReadUntil("data: data");
  const auto told = [&](const std::string& what) {
    const std::string version = Version();
    EXPECT_THAT(page.ReadUntil("id: " + version), HasSubstr("id: " + version)) << what;
  };
  EXPECT_THAT(Get("/").body, HasSubstr("run does not exist yet"));
  EXPECT_EQ(Get("/data.json").status, 404);

  std::filesystem::create_directories(study_.path());
  ExpectData("has no study.json yet");
  told("an empty folder");
  std::filesystem::create_directories(study_.path() + "/batch-seed1");
  study_.Write(1);
  ExpectData("batch 1");
  told("the first epoch");
  study_.Write(3, "finished");
  ExpectData("batch 3");
  told("the end");
  WriteFile(study_.path() + "/DONE", "now");
  study_.Remove();
  ExpectData("run is gone");
  told("deleted");
  EXPECT_THAT(Get("/").body, HasSubstr("Nothing to show yet"));
  study_.Write(1);
  ExpectData("batch 1");
  told("made anew");
}

TEST_F(Events, WhatCannotBeReadIsSaidAndReadAsSoonAsItCan) {
  study_.Write(1);
  const std::string index = study_.path() + "/study.json";
  const std::string good = ReadFile(index);
  Start();
  ExpectData("batch 1");
  WriteFile(index, good.substr(0, good.size() / 2));
  ExpectData("study.json:1: expected JSON");
  std::string other = good;
  WriteFile(index, other.replace(other.find("\"schema\":1"), 10, "\"schema\":9"));
  ExpectData("schema: expected 1");
  WriteFile(index, "[]");
  ExpectData("expected an object");
  std::filesystem::remove(index);
  std::filesystem::create_directories(index);
  ExpectData("study.json: expected a plain file");
  std::filesystem::remove(index);
  WriteFile(index, good);
  ExpectData("batch 1");
}

// To open one would wait for its other end.
TEST_F(Events, APipeInTheFolderHoldsNothingUp) {
  study_.Write(1);
  const std::string metrics = study_.metrics();
  const std::string good = ReadFile(metrics);
  std::filesystem::remove(metrics);
  ASSERT_EQ(mkfifo(metrics.c_str(), 0600), 0);
  Start();
  ExpectData("metrics.csv: expected a plain file");
  std::filesystem::remove(metrics);
  WriteFile(metrics, good);
  ExpectData("batch 1");
}

TEST_F(Events, APageThatCannotBeBuiltIsSaid) {
  study_.Write(1);
  Start(0, [](const std::vector<RunRecord>&) -> LivePage {
    throw DataError("random: <script>alert(1)</script> not at hand");
  });
  EXPECT_EQ(Get("/data.json").status, 404);
  const Reply page = Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("random: &lt;script&gt;alert(1)&lt;/script&gt; not at hand"));
  EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("default-src 'none'"));
}

TEST_F(Events, OfSeveralFoldersThoseThatCanBeReadAreShown) {
  study_.Write(1);
  const std::string second = folder_.path() + "/second";
  server_ = std::make_unique<LiveServer>(ServerEntrance{}, std::vector{second, study_.path()},
                                         EpochsPage, QuickLimits());
  ExpectData("\"batch 1, \"");
  EXPECT_THAT(Get("/data.json").headers.at("normlab-message"),
              ::testing::EndsWith("/second%20does%20not%20exist%20yet"));
  Study other(second);
  other.Write(2);
  ExpectData("\"batch 2, batch 1, \"");
  EXPECT_FALSE(Get("/data.json").headers.contains("normlab-message"));
  other.Remove();
  ExpectData("\"batch 1, \"");
}

TEST_F(Events, AFolderThatIsMissingDoesNotMakeTheOthersReadAgain) {
  std::atomic<int> builds = 0;
  study_.Write(1);
  server_ = std::make_unique<LiveServer>(
      ServerEntrance{}, std::vector{folder_.path() + "/second", study_.path()},
      [&](const std::vector<RunRecord>& runs) {
        ++builds;
        return EpochsPage(runs);
      },
      QuickLimits());
  Client page(port());
  page.Send(EventsRequest());
  page.ReadUntil("data: data");
  std::this_thread::sleep_for(10 * QuickLimits().look);
  EXPECT_EQ(builds, 1);
}

// Half a second of nobody: no look, no build.
TEST_F(Events, NobodyLooksWhileNobodyWatches) {
  std::atomic<int> builds = 0;
  study_.Write(1);
  Start(0, [&](const std::vector<RunRecord>& runs) {
    ++builds;
    return EpochsPage(runs);
  });
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(builds, 0);
  Get("/");
  EXPECT_EQ(builds, 1);
  study_.Write(2);
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(builds, 1);
  ExpectData("batch 2");
}

}  // namespace
}  // namespace normlab
