#include "fetch/download.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "fetch/part_file.h"
#include "tests/fetch/server.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace fs = std::filesystem;

// Not periodic within what a test shifts by.
std::string SomeBytes(std::size_t count, unsigned seed = 1) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) {
    seed = seed * 1664525 + 1013904223;
    byte = static_cast<char>(seed >> 24);
  }
  return bytes;
}

struct Seen : FetchObserver {
  void OnProgress(const std::string&, std::uint64_t here, std::uint64_t total) override {
    last_here = here;
    last_total = total;
    EXPECT_LE(here, total);
    if (stop_at > 0 && here >= stop_at) stop = true;
  }
  void OnFileEnd() override { ++ends; }
  void OnMessage(const std::string& line) override { messages.push_back(line); }

  std::uint64_t last_here = 0, last_total = 0, stop_at = 0;
  int ends = 0;
  std::vector<std::string> messages;
  std::atomic<bool> stop{false};
};

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() {
    std::string pattern = fs::temp_directory_path() / "normlab-fetch-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    setenv("no_proxy", "127.0.0.1", 1);
    target_ = folder_ / "file.gz";
    download_.name = "file.gz";
    download_.target = target_;
    download_.usual = bytes_.size();
    download_.largest = 2 * bytes_.size();
    download_.problem = [this](const std::string& path) {
      return ReadFile(path) == bytes_ ? "" : "expected the file, found another";
    };
  }
  ~DownloadTest() override { fs::remove_all(folder_); }

  DownloadEnd Get(std::vector<std::string> urls) {
    download_.urls = std::move(urls);
    return DownloadFile(download_, {1, 0}, seen_, seen_.stop);
  }
  std::string Failure(std::vector<std::string> urls) {
    try {
      Get(std::move(urls));
    } catch (const RunError& error) {
      const std::string line = error.what();
      EXPECT_EQ(line.find('\n'), std::string::npos) << line;
      return line;
    }
    ADD_FAILURE() << "no RunError";
    return "";
  }
  std::string Content() const { return ReadFile(target_); }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  // The first `count` bytes, announced as all of them.
  WebReply Truncated(const WebRequest& request, std::size_t count, const std::string& etag = "") {
    WebReply reply = ServeFile(request, bytes_, etag);
    reply.content_length = static_cast<long>(reply.body.size());
    reply.body.resize(std::min(count, reply.body.size()));
    return reply;
  }

  fs::path folder_;
  std::string target_;
  const std::string bytes_ = SomeBytes(200000);
  Download download_;
  Seen seen_;
};

TEST_F(DownloadTest, BringsTheFileAndNothingElse) {
  const WebServer server(
      [&](const WebRequest& request, int) { return ServeFile(request, bytes_); });
  EXPECT_EQ(Get({server.Address("/a/file.gz")}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  EXPECT_THAT(Files(), ElementsAre("file.gz"));
  ASSERT_THAT(server.requests(), SizeIs(1));
  EXPECT_EQ(server.requests()[0].path, "/a/file.gz");
  EXPECT_EQ(server.requests()[0].Header("range"), "");
  EXPECT_EQ(seen_.last_here, bytes_.size());
  EXPECT_EQ(seen_.last_total, bytes_.size());
  EXPECT_EQ(seen_.ends, 1);
}

TEST_F(DownloadTest, ATargetThatIsTheFileIsLeftAlone) {
  WriteFile(target_, bytes_);
  EXPECT_EQ(Get({DeadAddress()}), DownloadEnd::kThere);
  EXPECT_THAT(Files(), ElementsAre("file.gz"));
  download_.shadow = folder_ / "file";
  WriteFile(download_.shadow, "mine");
  EXPECT_EQ(Get({DeadAddress()}), DownloadEnd::kThere);
  EXPECT_THAT(Files(), ElementsAre("file.gz", "file.replaced"));
}

TEST_F(DownloadTest, GoesOnWhereTheConnectionBroke) {
  const WebServer server([&](const WebRequest& request, int number) {
    return number == 0 ? Truncated(request, 50000, "\"v1\"") : ServeFile(request, bytes_, "\"v1\"");
  });
  EXPECT_EQ(Get({server.Address("/file.gz")}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  ASSERT_THAT(server.requests(), SizeIs(2));
  EXPECT_EQ(server.requests()[1].Header("range"), "bytes=50000-");
  EXPECT_EQ(server.requests()[1].Header("if-range"), "\"v1\"");
  EXPECT_THAT(Files(), ElementsAre("file.gz"));
}

TEST_F(DownloadTest, StopsWhenAskedAndGoesOnTheNextTime) {
  const WebServer server([&](const WebRequest& request, int number) {
    WebReply reply =
        number == 0 ? Truncated(request, 60000, "\"v1\"") : ServeFile(request, bytes_, "\"v1\"");
    reply.stall = number == 0;
    return reply;
  });
  seen_.stop_at = 60000;
  EXPECT_EQ(Get({server.Address("/file.gz")}), DownloadEnd::kStopped);
  EXPECT_THAT(Files(), ElementsAre("file.gz.part", "file.gz.part.from"));
  EXPECT_EQ(ReadFile(target_ + ".part"), bytes_.substr(0, 60000));
  seen_.stop_at = 0;
  seen_.stop = false;
  // It is the first address that is asked again, though it is now the second one.
  EXPECT_EQ(Get({DeadAddress(), server.Address("/file.gz")}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  EXPECT_EQ(server.requests()[1].Header("range"), "bytes=60000-");
  EXPECT_THAT(Files(), ElementsAre("file.gz"));
}

TEST_F(DownloadTest, TakesTheWholeFileFromAServerThatIgnoresRange) {
  const WebServer server([&](const WebRequest& request, int number) {
    WebRequest without = request;
    without.headers.erase("range");
    return number == 0 ? Truncated(without, 50000, "\"v1\"") : ServeFile(without, bytes_, "\"v1\"");
  });
  EXPECT_EQ(Get({server.Address("/file.gz")}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(DownloadTest, StartsOverWhenTheFileWasReplacedMeanwhile) {
  const std::string old = SomeBytes(200000, 7);
  const WebServer server([&](const WebRequest& request, int number) {
    if (number > 0) return ServeFile(request, bytes_, "\"v2\"");
    WebReply reply = ServeFile(request, old, "\"v1\"");
    reply.content_length = 200000;
    reply.body.resize(50000);
    return reply;
  });
  EXPECT_EQ(Get({server.Address("/file.gz")}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  EXPECT_THAT(server.requests(), SizeIs(2)) << "If-Range tells in one answer";
}

TEST_F(DownloadTest, StartsOverWhenPartsOfTwoVersionsWereJoined) {
  const std::string old = SomeBytes(200000, 7);
  const WebServer server([&](const WebRequest& request, int number) {
    if (number > 0) return ServeFile(request, bytes_);
    WebReply reply = ServeFile(request, old);  // without a validator
    reply.content_length = 200000;
    reply.body.resize(50000);
    return reply;
  });
  EXPECT_EQ(Get({server.Address("/file.gz")}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  ASSERT_THAT(server.requests(), SizeIs(3));
  EXPECT_EQ(server.requests()[1].Header("range"), "bytes=50000-");
  EXPECT_EQ(server.requests()[2].Header("range"), "");
}

TEST_F(DownloadTest, AWeakETagIsNoValidatorButADateIs) {
  const std::string date = "Mon, 02 Nov 2026 08:00:00 GMT";
  const WebServer server([&](const WebRequest& request, int number) {
    WebRequest plain = request;
    plain.headers.erase("if-range");
    WebReply reply = number == 0 ? Truncated(plain, 50000) : ServeFile(plain, bytes_);
    reply.headers.push_back("ETag: W/\"v1\"");
    reply.headers.push_back("Last-Modified: " + date);
    return reply;
  });
  EXPECT_EQ(Get({server.Address("/file.gz")}), DownloadEnd::kFetched);
  EXPECT_EQ(server.requests()[1].Header("if-range"), date);
}

TEST_F(DownloadTest, StartsOverWhenAnotherPartIsSentThanWasAskedFor) {
  for (const std::string header : {"Content-Range: bytes 0-199999/200000", "Content-Range: bytes",
                                   "Content-Range: bytes 99999999999999999999-1/2", "X: y"}) {
    fs::remove(target_);
    const WebServer server([&](const WebRequest& request, int number) {
      if (number == 0) return Truncated(request, 50000);
      WebReply reply = ServeFile(request, bytes_);
      if (number == 1) reply.headers = {header};
      return reply;
    });
    EXPECT_EQ(Get({server.Address("/file.gz")}), DownloadEnd::kFetched) << header;
    EXPECT_EQ(Content(), bytes_);
    ASSERT_THAT(server.requests(), SizeIs(3)) << header;
    EXPECT_EQ(server.requests()[2].Header("range"), "");
  }
}

TEST_F(DownloadTest, APartThatNobodyAskedForIsRefused) {
  const WebServer server([&](const WebRequest&, int) {
    WebReply reply;
    reply.status = 206;
    reply.headers = {"Content-Range: bytes 0-199999/200000"};
    reply.body = bytes_;
    return reply;
  });
  EXPECT_THAT(Failure({server.Address("/file.gz")}), HasSubstr("found a part from 0 on"));
}

TEST_F(DownloadTest, APartThatIsWholeNeedsNoMoreBytes) {
  const WebServer server(
      [&](const WebRequest& request, int) { return ServeFile(request, bytes_, "\"v1\""); });
  const std::string url = server.Address("/file.gz");
  {
    PartFile part(target_);  // as a kill just before the renaming leaves it
    part.Restart({url, "\"v1\""});
    part.Append(bytes_);
  }
  EXPECT_EQ(Get({url}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  ASSERT_THAT(server.requests(), SizeIs(1)) << "one answer, 416";
  {
    fs::remove(target_);
    PartFile part(target_);
    part.Restart({url, "\"v1\""});
    part.Append(std::string(bytes_.size(), 'x'));
  }
  EXPECT_EQ(Get({url}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  EXPECT_THAT(server.requests(), SizeIs(3)) << "416, then the whole file";
}

TEST_F(DownloadTest, APartOfUnknownOriginIsStartedOver) {
  const WebServer server(
      [&](const WebRequest& request, int) { return ServeFile(request, bytes_); });
  for (const std::string& origin :
       {std::string(), std::string("\n\n\n"), SomeBytes(1000), std::string(100000, 'a')}) {
    fs::remove(target_);
    WriteFile(target_ + ".part", bytes_.substr(0, 1000));
    WriteFile(target_ + ".part.from", origin);
    EXPECT_EQ(Get({server.Address("/file.gz")}), DownloadEnd::kFetched);
    EXPECT_EQ(Content(), bytes_);
    EXPECT_EQ(server.requests().back().Header("range"), "");
    EXPECT_THAT(Files(), ElementsAre("file.gz"));
  }
}

TEST_F(DownloadTest, AServerThatAlwaysBreaksAtTheSamePlaceIsLeftForTheNext) {
  const WebServer bad([&](const WebRequest& request, int) {
    WebRequest without = request;
    without.headers.erase("range");
    return Truncated(without, 50000);
  });
  const WebServer good([&](const WebRequest& request, int) { return ServeFile(request, bytes_); });
  EXPECT_EQ(Get({bad.Address("/file.gz"), good.Address("/file.gz")}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  EXPECT_THAT(bad.requests(), SizeIs(2));
  EXPECT_EQ(good.requests()[0].Header("range"), "") << "another server's part is not gone on with";
}

TEST_F(DownloadTest, AServerThatDribblesHasTwentyTries) {
  const WebServer server([&](const WebRequest& request, int) { return Truncated(request, 10); });
  EXPECT_THAT(Failure({server.Address("/file.gz")}), HasSubstr(server.Address("/file.gz")));
  EXPECT_THAT(server.requests(), SizeIs(20));
  EXPECT_EQ(ReadFile(target_ + ".part"), bytes_.substr(0, 200)) << "kept for the next time";
}

TEST_F(DownloadTest, EveryAddressIsTriedAndEveryReasonToldInOneLine) {
  const WebServer missing([&](const WebRequest&, int) {
    WebReply reply;
    reply.status = 404;
    reply.body = "<html>no such file</html>";
    return reply;
  });
  const WebServer broken([&](const WebRequest&, int) {
    WebReply reply;
    reply.status = 500;
    return reply;
  });
  const WebServer silent([&](const WebRequest&, int) {
    WebReply reply;
    reply.no_answer = true;
    return reply;
  });
  const WebServer other([&](const WebRequest& request, int) {
    return ServeFile(request, "<html>log in first</html>");
  });
  const WebServer strange([&](const WebRequest&, int) {
    WebReply reply;
    reply.status = 304;
    return reply;
  });
  EXPECT_THAT(Failure({missing.Address(), broken.Address(), silent.Address(), other.Address(),
                       strange.Address(), DeadAddress(), "http://nowhere.invalid/file.gz"}),
              AllOf(HasSubstr(missing.Address() + ": the server answers 404; "),
                    HasSubstr(broken.Address() + ": the server answers 500; "),
                    HasSubstr(silent.Address() + ": Empty reply from server; "),
                    HasSubstr(other.Address() + ": expected the file, found another; "),
                    HasSubstr(strange.Address() + ": the server answers 304; "),
                    HasSubstr("Couldn't connect to server"),
                    HasSubstr("Could not resolve host: nowhere.invalid")));
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_EQ(seen_.ends, 1);
}

TEST_F(DownloadTest, RedirectsAreFollowedToTheWebAndNotForEver) {
  const WebServer server([&](const WebRequest& request, int) {
    if (request.path == "/there") return ServeFile(request, bytes_);
    WebReply reply;
    reply.status = 302;
    reply.headers = {request.path == "/once"   ? "Location: /there"
                     : request.path == "/file" ? "Location: file:///etc/passwd"
                     : request.path == "/ftp"  ? "Location: ftp://127.0.0.1/x"
                                               : "Location: /loop"};
    return reply;
  });
  EXPECT_THAT(Failure({server.Address("/loop"), server.Address("/file"), server.Address("/ftp")}),
              AllOf(HasSubstr("Maximum (5) redirects followed"),
                    HasSubstr("Protocol \"file\" not supported"),
                    HasSubstr("Protocol \"ftp\" not supported")));
  EXPECT_THAT(server.requests(), SizeIs(6 + 1 + 1));
  EXPECT_EQ(Get({server.Address("/once")}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
}

TEST_F(DownloadTest, AServerThatStallsIsLeft) {
  const WebServer stalls([&](const WebRequest& request, int) {
    WebRequest without = request;
    without.headers.erase("range");
    WebReply reply = Truncated(without, request.path == "/early" ? 0 : 5000);
    reply.stall = true;
    return reply;
  });
  const WebServer good([&](const WebRequest& request, int) { return ServeFile(request, bytes_); });
  EXPECT_EQ(Get({stalls.Address("/late"), stalls.Address("/early"), good.Address()}),
            DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  fs::remove(target_);
  EXPECT_THAT(Failure({stalls.Address("/early")}),
              HasSubstr("the server has sent nothing, or next to it, for 1 s"));
}

TEST_F(DownloadTest, ALengthThatIsALieIsFoundOut) {
  const WebServer says_less([&](const WebRequest& request, int) {
    WebReply reply = ServeFile(request, bytes_);
    reply.content_length = 1000;
    return reply;
  });
  const WebServer says_more([&](const WebRequest& request, int) {
    WebRequest without = request;
    without.headers.erase("range");
    WebReply reply = ServeFile(without, bytes_);
    reply.content_length = 200001;
    return reply;
  });
  EXPECT_THAT(Failure({says_less.Address(), says_more.Address()}),
              AllOf(HasSubstr(says_less.Address() + ": expected the file, found another"),
                    HasSubstr("transfer closed with 1 bytes remaining to read")));
  EXPECT_FALSE(fs::exists(target_));
}

TEST_F(DownloadTest, NoLengthAtAllWillDo) {
  const WebServer server([&](const WebRequest& request, int) {
    WebReply reply = ServeFile(request, bytes_);
    reply.content_length = WebReply::kNone;
    return reply;
  });
  EXPECT_EQ(Get({server.Address()}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
}

TEST_F(DownloadTest, MoreThanTheFileCanBeIsRefused) {
  const WebServer announces([&](const WebRequest&, int) {
    WebReply reply;
    reply.content_length = 400001;
    reply.stall = true;
    return reply;
  });
  const WebServer endless([&](const WebRequest&, int) {
    WebReply reply;
    reply.body = SomeBytes(10000);
    reply.content_length = WebReply::kNone;
    reply.endless = true;
    return reply;
  });
  EXPECT_THAT(Failure({endless.Address()}),
              HasSubstr("expected about 200000 bytes and at most 400000, found more"));
  EXPECT_THAT(Files(), IsEmpty());
  const WebServer large(
      [&](const WebRequest& request, int) { return ServeFile(request, SomeBytes(400001)); });
  EXPECT_THAT(Failure({large.Address()}), HasSubstr("at most 400000, found 400001"));
}

TEST_F(DownloadTest, AnEmptyAnswerIsNotTheFile) {
  const WebServer server([&](const WebRequest&, int) { return WebReply(); });
  EXPECT_THAT(Failure({server.Address()}), HasSubstr("found another"));
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(DownloadTest, WhatStandsInTheWayIsRenamed) {
  const WebServer server(
      [&](const WebRequest& request, int) { return ServeFile(request, bytes_); });
  download_.shadow = folder_ / "file";
  WriteFile(target_, "mine");
  WriteFile(target_ + ".replaced", "older");
  WriteFile(download_.shadow, "mine, plain");
  EXPECT_EQ(Get({server.Address()}), DownloadEnd::kFetched);
  EXPECT_EQ(Content(), bytes_);
  EXPECT_THAT(Files(),
              ElementsAre("file.gz", "file.gz.replaced", "file.gz.replaced-2", "file.replaced"));
  EXPECT_EQ(ReadFile(target_ + ".replaced"), "older");
  EXPECT_EQ(ReadFile(target_ + ".replaced-2"), "mine");
  EXPECT_THAT(seen_.messages,
              ElementsAre(HasSubstr("file.gz.replaced-2"), HasSubstr("file.replaced")));
}

TEST_F(DownloadTest, NothingIsRenamedWhenNothingComes) {
  WriteFile(target_, "mine");
  Failure({DeadAddress()});
  EXPECT_EQ(Content(), "mine");
  EXPECT_THAT(Files(), ElementsAre("file.gz"));
}

TEST_F(DownloadTest, TwoAtOnceDoNotWriteOneFile) {
  const PartFile other(target_);
  EXPECT_THAT(Failure({DeadAddress()}),
              AllOf(HasSubstr("another fetch is writing"), HasSubstr("file.gz.part")));
}

TEST_F(DownloadTest, WhatIsNoFileIsNotWrittenTo) {
  fs::create_directory(target_ + ".part");
  EXPECT_THAT(Failure({DeadAddress()}), HasSubstr("file.gz.part: Is a directory"));
  fs::remove(target_ + ".part");
  WriteFile(folder_ / "precious", "precious");
  fs::create_symlink(folder_ / "precious", target_ + ".part");
  EXPECT_THAT(Failure({DeadAddress()}), HasSubstr("cannot write"));
  EXPECT_EQ(ReadFile(folder_ / "precious"), "precious");
  fs::remove(target_ + ".part");
  ASSERT_EQ(mkfifo((target_ + ".part").c_str(), 0600), 0);
  EXPECT_THAT(Failure({DeadAddress()}), HasSubstr("no regular file"));
}

TEST_F(DownloadTest, AProxyOfTheEnvironmentIsAsked) {
  const WebServer proxy([&](const WebRequest& request, int) { return ServeFile(request, bytes_); });
  setenv("http_proxy", proxy.Address().c_str(), 1);
  EXPECT_EQ(Get({"http://somewhere.invalid/file.gz"}), DownloadEnd::kFetched);
  unsetenv("http_proxy");
  EXPECT_EQ(Content(), bytes_);
  EXPECT_EQ(proxy.requests()[0].path, "http://somewhere.invalid/file.gz");
}

}  // namespace
}  // namespace normlab
