// normlab data fetch: signals, full disks, two at once; the server is on this machine.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "app/fetch_bar.h"
#include "base/file.h"
#include "tests/app/program.h"
#include "tests/app/screen.h"
#include "tests/fetch/server.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

constexpr char kPackage[] = "/usr/share/datasets/fashion-mnist";
constexpr char kPart[] = "d/mnist/train-images-idx3-ubyte.gz.part";
const std::map<std::string, std::string> kNoProxy = {{"no_proxy", "127.0.0.1"}};

// 5,000 bytes, and then nothing.
WebReply Stall(const WebRequest&, int) {
  WebReply reply;
  reply.body = std::string(5000, 'x');
  reply.content_length = 100000;
  reply.stall = true;
  return reply;
}

std::vector<std::string> FetchMnist(const WebServer& server) {
  return {"data", "fetch", "mnist", "--to", "d", "--mirror", server.Address()};
}

void WaitForPart(const TemporaryFolder& folder) {
  for (int i = 0; i < 2000; ++i) {
    std::error_code status;
    if (fs::file_size(folder / kPart, status) == 5000 && !status) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL() << "nothing came";
}

TEST(DataFetch, ASignalKeepsWhatHasCome) {
  for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    const TemporaryFolder folder;
    const WebServer server(Stall);
    Program program(folder, FetchMnist(server), kNoProxy);
    WaitForPart(folder);
    program.Signal(signal);
    const Outcome outcome = program.Wait();
    EXPECT_EQ(outcome.code, code);
    EXPECT_EQ(outcome.err, "normlab: stopped; the same command goes on where MNIST was\n");
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(fs::file_size(folder / kPart), 5000u);
    EXPECT_FALSE(fs::exists(folder / "d/mnist/train-images-idx3-ubyte.gz"));
  }
}

TEST(DataFetch, TwoAtOnceAreOneTooMany) {
  const TemporaryFolder folder;
  const WebServer server(Stall);
  Program first(folder, FetchMnist(server), kNoProxy);
  WaitForPart(folder);
  const Outcome second = RunProgram(folder, FetchMnist(server), kNoProxy);
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("another fetch is writing d/mnist/train-images-idx3-ubyte.gz"));
  EXPECT_EQ(fs::file_size(folder / kPart), 5000u);
  EXPECT_TRUE(first.Running());
}

TEST(DataFetch, IsQuietWhereThereIsNoTerminal) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  const TemporaryFolder folder;
  const WebServer server([](const WebRequest& request, int) {
    return ServeFile(request, ReadFile(kPackage + request.path.substr(request.path.rfind('/'))));
  });
  const std::vector<std::string> arguments = {"data", "fetch",    "fashion-mnist", "--data-dir",
                                              "d",    "--mirror", server.Address()};
  const Outcome first = RunProgram(folder, arguments, kNoProxy);
  EXPECT_EQ(first.code, 0);
  EXPECT_EQ(first.err, "");
  EXPECT_THAT(first.out, AllOf(StartsWith("Fashion-MNIST: fetched "),
                               EndsWith(" bytes in 4 files, every file the published one: "
                                        "d/fashion-mnist\n")));
  const Outcome second = RunProgram(folder, arguments, kNoProxy);
  EXPECT_EQ(second.code, 0);
  EXPECT_EQ(second.out, "Fashion-MNIST is there, every file the published one: d/fashion-mnist\n");
  fs::remove_all(folder / "d");
  const std::vector<std::string> plain = {"data",           "fetch",      "fashion-mnist",
                                          "--data-dir",     "d",          "--mirror",
                                          server.Address(), "--progress", "plain"};
  const Outcome lines = RunProgram(folder, plain, kNoProxy);
  EXPECT_EQ(std::ranges::count(lines.err, '\n'), 4) << lines.err;
  EXPECT_THAT(lines.err, StartsWith("train-images-idx3-ubyte.gz: "));
}

TEST(DataFetch, WithoutANetworkItSaysWhatToTypeInOneLine) {
  const TemporaryFolder folder;
  const Outcome outcome = RunProgram(
      folder, {"data", "fetch", "cifar10", "--to", "d", "--mirror", DeadAddress()}, kNoProxy);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  const std::string target = fs::canonical(folder.path()) / "d";
  EXPECT_THAT(outcome.err,
              AllOf(StartsWith("normlab: CIFAR-10 could not be fetched: "),
                    HasSubstr(fmt::format("by hand: mkdir -p '{0}' && cd '{0}' && curl", target))));
  EXPECT_THAT(fs::directory_iterator(folder / "d"), fs::directory_iterator());
}

// A file that may not grow is a disk that is full.
TEST(DataFetch, AFullDiskLeavesNothingUnderTheFinalName) {
  const TemporaryFolder folder;
  const WebServer server(
      [](const WebRequest& request, int) { return ServeFile(request, std::string(200000, 'x')); });
  const std::string command = fmt::format(
      "cd '{}' && ulimit -f 64 && no_proxy=127.0.0.1 exec '{}' data fetch mnist --to d --mirror {} "
      ">out 2>err",
      folder.path(), NORMLAB_BINARY, server.Address());
  const int status = std::system(command.c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
  EXPECT_THAT(ReadFile(folder / "err"),
              AllOf(StartsWith("normlab: cannot write d/mnist/train-images-idx3-ubyte.gz.part: "),
                    HasSubstr("File too large")));
  EXPECT_FALSE(fs::exists(folder / "d/mnist/train-images-idx3-ubyte.gz"));
}

TEST(FetchBar, IsTqdmsInBytes) {
  Screen screen;
  screen.columns = 80;
  FetchBar bar(ProgressMode::kAuto, screen.terminal());
  bar.OnProgress("f.gz", 0, 10000000);
  for (int i = 1; i <= 80; ++i) {
    screen.now += 0.0625;
    bar.OnProgress("f.gz", static_cast<std::uint64_t>(i) * 125000, 10000000);
  }
  int draws = 0;
  for (std::size_t at = 0; (at = screen.written.find("f.gz: ", at)) != std::string::npos; ++at) {
    ++draws;
  }
  EXPECT_EQ(draws, 40) << "every 0.125 s, as 0.1 s asks for";
  bar.OnMessage("a message");
  bar.OnFileEnd();
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "a message");
  EXPECT_THAT(lines[1], AllOf(StartsWith("f.gz: 100%|████"),
                              EndsWith("█| 10.0M/10.0M [00:05<00:00, 2.00MB/s]")));
}

TEST(FetchBar, CountsTheRateFromWhatWasThere) {
  Screen screen;
  FetchBar bar(ProgressMode::kPlain, screen.terminal());
  bar.OnProgress("f.gz", 900, 1000);
  screen.now += 2;
  bar.OnProgress("f.gz", 1000, 1000);
  bar.OnFileEnd();
  EXPECT_EQ(screen.written, "f.gz: 1000 of 1000 bytes, 2.0 s\n");
  bar.OnFileEnd();  // a file of which nothing came
  EXPECT_EQ(screen.written, "f.gz: 1000 of 1000 bytes, 2.0 s\n");
}

TEST(FetchBar, IsSilentWithoutATerminal) {
  Screen screen;
  FetchBar bar(ProgressMode::kAuto, screen.terminal(false));
  bar.OnProgress("f.gz", 0, 10);
  screen.now += 1;
  bar.OnProgress("f.gz", 10, 10);
  bar.OnFileEnd();
  EXPECT_EQ(screen.written, "");
  bar.OnMessage("but messages come");
  EXPECT_EQ(screen.written, "but messages come\n");
}

}  // namespace
}  // namespace normlab
