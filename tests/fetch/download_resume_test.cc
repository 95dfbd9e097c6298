// A download that goes on where an earlier one stopped, and the parts that do not fit together.
#include "tests/fetch/download_fixture.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

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

}  // namespace
}  // namespace normlab
