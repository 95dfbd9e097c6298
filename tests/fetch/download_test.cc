// A whole download: what servers say that is wrong, and what stands in the way on the disk.
#include <sys/stat.h>

#include "tests/fetch/download_fixture.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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
                    HasSubstr("no connection: is the network there"),
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
