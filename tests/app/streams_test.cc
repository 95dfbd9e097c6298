// Every command with standard output and standard error full, closed, and read by nobody
// (docs/exit-codes.md).
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <regex>
#include <thread>

#include "base/descriptor.h"
#include "base/file.h"
#include "report/figures/png.h"
#include "report/page/page.h"
#include "tests/app/program.h"
#include "tests/app/registered_commands.h"
#include "tests/app/same_bits.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

constexpr char kPhotos[] = "folder:photos@1x8x8";
constexpr char kPackage[] = "/usr/share/datasets/fashion-mnist";
constexpr Stream kBroken[] = {Stream::kFull, Stream::kClosed, Stream::kGone};

// Another one every time, where all three would take too long.
Stream NextBroken() {
  static std::size_t count = 0;
  return kBroken[count++ % std::size(kBroken)];
}

// What a program that has done its work ends with, and says, when its results go there.
struct Answer {
  int code;
  std::string line;
};
Answer AnswerTo(Stream out) {
  const std::string line = "normlab: cannot write to standard output: ";
  if (out == Stream::kFull) return {1, line + "No space left on device\n"};
  return out == Stream::kClosed ? Answer{1, line + "Bad file descriptor\n"} : Answer{141, ""};
}

const char* Name(Stream stream) {
  if (stream == Stream::kKept) return "kept";
  return stream == Stream::kFull ? "full" : stream == Stream::kClosed ? "closed" : "gone";
}

Words Training(const std::string& out, const Words& more = {}) {
  Words words = {"run",
                 "fashion",
                 "--norms",
                 "layer",
                 "--set",
                 "validation=0",
                 "--set",
                 "augment=none",
                 "--set",
                 "batch_size=4",
                 "--set",
                 "model=C2 GAP c2!",
                 "--set",
                 std::string("dataset=") + kPhotos,
                 "--epochs",
                 "2",
                 "--progress",
                 "plain",
                 "--threads",
                 "1",
                 "--log-steps",
                 "--out",
                 out};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// A folder with a small data set and a run of it, made once.
class StandardStreams : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = std::make_unique<TemporaryFolder>();
    for (const char* split : {"train", "test"}) {
      for (int i = 0; i < 8; ++i) {
        const std::string of = *folder / fmt::format("photos/{}/{}", split, i % 2 ? "cat" : "dog");
        fs::create_directories(of);
        RgbImage image{8, 8, {}};
        for (int p = 0; p < 192; ++p) image.pixels.push_back(i % 2 * 100 + (i * 7 + p * 13) % 50);
        WriteFile(fmt::format("{}/{}.png", of, i), EncodePng(image));
      }
    }
    WriteFile(*folder / "drawn.toml", fmt::format("model = \"C2 GAP c2!\"\ndataset = \"{}\"\n"
                                                  "epochs = 1\nvalidation = 4\nbatch_size = 2\n"
                                                  "[tune]\ntrials = 2\n[tune.keys]\n"
                                                  "lr = [0.1, 0.2]\n",
                                                  kPhotos));
    const Outcome trained = RunProgram(*folder, Training("r"));
    ASSERT_EQ(trained.code, 0) << trained.err;
    fs::copy(*folder / "r", *folder / "again", fs::copy_options::recursive);
    fs::create_directory(*folder / "data");
    if (fs::exists(kPackage)) fs::create_symlink(kPackage, *folder / "data/fashion-mnist");
  }
  static void TearDownTestSuite() { folder.reset(); }

  static std::vector<Words> Leaves() {
    const std::vector<Words> all = RegisteredCommands(*folder);
    std::vector<Words> leaves;
    for (const Words& command : all) {
      const bool has_below = std::ranges::any_of(all, [&](const Words& other) {
        return other.size() > command.size() &&
               std::equal(command.begin(), command.end(), other.begin());
      });
      if (!has_below) leaves.push_back(command);
    }
    return leaves;
  }

  // "#" in a word becomes another number every time, for what is never written over.
  static Outcome Run(Words words, const Streams& streams = {}) {
    static int count = 0;
    ++count;
    for (std::string& word : words) {
      const std::size_t at = word.find('#');
      if (at != std::string::npos) word.replace(at, 1, std::to_string(count));
    }
    return RunProgram(*folder, words, {}, streams);
  }

  static std::unique_ptr<TemporaryFolder> folder;
};
std::unique_ptr<TemporaryFolder> StandardStreams::folder;

// One that prints results, for each command; serve, which does not end, has a test of its own.
std::vector<Words> Examples() {
  std::vector<Words> examples = {
      Training("r"),
      {"tune", "drawn.toml", "--out", "tuned"},
      {"summary", "C2 GAP c10!"},
      {"explain", "batch"},
      {"norms", "batch"},
      {"data", "list", kPhotos},
      {"data", "where", "mnist"},
      {"data", "stats", kPhotos},
      {"data", "samples", kPhotos, "--out", "samples-#.png"},
      {"data", "verify", kPhotos},
      {"evaluate", "r/layer-seed1", "--json"},
      {"predict", "r/layer-seed1", "photos/test/cat"},
      {"export", "r/layer-seed1", "--pytorch", "exported-#"},
      {"bench", "--model", "C2 GAP c10!", "--batch", "1", "--threads", "1", "--rounds", "1",
       "--bandwidth-mib", "1"},
      {"runs", "."},
      {"compare", "r", "again"},
      {"recipes", "fashion"},
      {"devices", "--list"},
      {"doctor"},
  };
  examples.push_back(HasPage() ? Words{"report", "r", "--html"} : Words{"report", "r"});
  if (fs::exists(kPackage)) {
    examples.push_back({"data", "fetch", "fashion-mnist", "--data-dir", "data"});
  }
  return examples;
}

// What does not hang on the time or on a file's number.
std::string FirstWords(const std::string& out) {
  return std::regex_replace(out.substr(0, out.find('\n')), std::regex("[0-9]+"), "#");
}

TEST_F(StandardStreams, EveryCommandHasAnExample) {
  for (const Words& command : Leaves()) {
    if (command == Words{"serve"}) continue;
    if (command == Words{"data", "fetch"} && !fs::exists(kPackage)) continue;
    EXPECT_TRUE(std::ranges::any_of(Examples(), [&](const Words& example) {
      return std::equal(command.begin(), command.end(), example.begin());
    })) << testing::PrintToString(command);
  }
}

TEST_F(StandardStreams, ResultsThatCannotBeWrittenAreAnError) {
  for (const Words& example : Examples()) {
    SCOPED_TRACE(testing::PrintToString(example));
    for (const Stream broken : kBroken) {
      const Answer answer = AnswerTo(broken);
      const Outcome unread = Run(example, {.out = broken});
      EXPECT_EQ(unread.code, answer.code) << Name(broken) << ": " << unread.err;
      EXPECT_THAT(unread.err, EndsWith(answer.line)) << Name(broken);
      EXPECT_EQ(unread.err.find("cannot write") == std::string::npos, answer.line.empty());
    }
    const Stream broken = NextBroken();
    EXPECT_EQ(Run(example, {broken, broken, true}).code, AnswerTo(broken).code) << Name(broken);
  }
}

TEST_F(StandardStreams, MessagesThatCannotBeWrittenAreNoError) {
  for (const Words& example : Examples()) {
    SCOPED_TRACE(testing::PrintToString(example));
    const Outcome whole = Run(example);
    ASSERT_EQ(whole.code, 0) << whole.err;
    ASSERT_THAT(whole.out, Not(IsEmpty()));
    for (const Stream broken : kBroken) {
      const Outcome silent = Run(example, {.err = broken});
      EXPECT_EQ(silent.code, 0) << Name(broken);
      EXPECT_EQ(FirstWords(silent.out), FirstWords(whole.out)) << Name(broken);
    }
  }
}

TEST_F(StandardStreams, HelpAndMistakesOfEveryCommand) {
  std::vector<Words> helps = {{"--version"}};
  for (const Words& command : RegisteredCommands(*folder)) {
    Words help = command, mistake = command;
    help.emplace_back("--help");
    mistake.emplace_back("--nonsense");
    helps.push_back(help);
    SCOPED_TRACE(testing::PrintToString(mistake));
    for (const Stream broken : kBroken) {
      EXPECT_EQ(Run(mistake, {.err = broken}).code, 2) << Name(broken);
    }
    const Outcome unread = Run(mistake, {.out = NextBroken()});
    EXPECT_EQ(unread.code, 2);
    EXPECT_THAT(unread.err, StartsWith("normlab: "));
    EXPECT_EQ(std::ranges::count(unread.err, '\n'), 1) << unread.err;
  }
  for (const Words& help : helps) {
    for (const Stream broken : kBroken) {
      const Outcome unread = Run(help, {.out = broken});
      EXPECT_EQ(unread.code, AnswerTo(broken).code) << testing::PrintToString(help);
      EXPECT_EQ(unread.err, AnswerTo(broken).line) << testing::PrintToString(help);
    }
  }
}

TEST_F(StandardStreams, AnEarlierFailureKeepsItsCode) {
  const Words broken_picture = {"predict", "r/layer-seed1", "photos/test/cat", "r/study.json"};
  const Outcome whole = Run(broken_picture);
  ASSERT_EQ(whole.code, 3) << whole.err;
  for (const Stream broken : kBroken) {
    const Outcome outcome = Run(broken_picture, {.out = broken});
    EXPECT_EQ(outcome.code, 3) << Name(broken);
    EXPECT_EQ(outcome.err, whole.err + AnswerTo(broken).line);
    EXPECT_EQ(Run(broken_picture, {broken, broken}).code, 3) << Name(broken);
  }
}

// Nobody sees it, and it must be the same all the same: with all three closed, what is opened first
// would be standard output.
TEST_F(StandardStreams, ATrainingIsFinishedAndKeptWhateverBecomesOfThem) {
  for (const Stream broken : kBroken) {
    const std::string out = std::string("unseen-") + Name(broken);
    const Outcome outcome = Run(Training(out), {broken, broken, true});
    EXPECT_EQ(outcome.code, AnswerTo(broken).code) << Name(broken);
    EXPECT_TRUE(fs::exists(*folder / out + "/DONE")) << Name(broken);
    ExpectSameBits(*folder / out + "/layer-seed1", *folder / "r/layer-seed1");
    EXPECT_EQ(ReadFile(*folder / out + "/recipe.toml"), ReadFile(*folder / "r/recipe.toml"));
  }
}

// Ctrl-C ends the reader of a pipe as well.
TEST_F(StandardStreams, AnInterruptKeepsItsCodeWithoutAReader) {
  Words words = Training("interrupted");
  *(std::ranges::find(words, "--epochs") + 1) = "10000";
  Program program(*folder, words, {}, {Stream::kGone, Stream::kGone});
  const std::string metrics = *folder / "interrupted/layer-seed1/metrics.csv";
  while (program.Running() && !fs::exists(metrics)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait().code, 130);
}

TEST_F(StandardStreams, EveryCallForAStudyThatDivergedSaysSo) {
  const Words training = Training("bad", {"--set", "lr=1000", "--set", "momentum=0.99", "--set",
                                          "l2=100", "--set", "batch_size=1"});
  const Outcome first = Run(training);
  ASSERT_EQ(first.code, 1) << first.err;
  EXPECT_THAT(first.err, HasSubstr("layer-seed1: diverged: the loss is not finite at step "));
  const Outcome again = Run(training);
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, StartsWith("layer-seed1: diverged: the loss is not finite at step "));
  EXPECT_EQ(again.out, first.out);
  fs::remove(*folder / "bad/DONE");
  const Outcome report_again = Run(training);
  EXPECT_EQ(report_again.code, 1);
  EXPECT_THAT(report_again.err, StartsWith("layer-seed1: diverged, kept: the loss is not finite"));
}

// Each code but 0, and each way to it.
TEST_F(StandardStreams, EveryFailureSaysALine) {
  fs::create_directories(*folder / "broken/train/cat");
  WriteFile(*folder / "file", "");
  for (const auto& [code, words] : std::vector<std::pair<int, Words>>{
           {1, Training("file")},
           {1, {"data", "samples", kPhotos, "--out", "file/below"}},
           {1, {"explain", "batch", "--out", "file/below"}},
           {1, {"report", "r", "--out", "file/below"}},
           {1, {"export", "r/layer-seed1", "--pytorch", "file/below"}},
           {2, {}},
           {2, {"data"}},
           {2, {"run", "fashon"}},
           {2, {"compare", "r", "r"}},
           {3, {"data", "where", "mnist", "--data-dir", "file"}},
           {3, {"data", "stats", "--data-dir", "photos"}},
           {3, {"data", "verify", "folder:broken"}},
           {3, {"evaluate", "file"}},
           {3, {"predict", "r/layer-seed1", "file"}},
           {3, {"report", "photos"}},
           {3, {"report", "r", "photos"}},
           {3, {"compare", "r", "photos"}},
           {3, {"runs", "nowhere"}},
       }) {
    const Outcome outcome = Run(words);
    EXPECT_EQ(outcome.code, code) << testing::PrintToString(words) << outcome.err;
    EXPECT_THAT(outcome.err, AnyOf(StartsWith("normlab: "), HasSubstr("\nnormlab: ")))
        << testing::PrintToString(words);
    EXPECT_THAT(outcome.err, EndsWith("\n"));
    const Stream broken = NextBroken();
    EXPECT_EQ(Run(words, {broken, broken, true}).code, code) << testing::PrintToString(words);
  }
}

class ServeStreams : public StandardStreams {
 protected:
  void SetUp() override {
    if (!HasPage()) NORMLAB_LEFT_OUT("this build has no page; cmake -B build -DNORMLAB_WEB=ON");
  }
};

sockaddr_in Local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int FreePort() {
  const Descriptor socket_of(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = Local(0);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(socket_of.get(), any, size), 0);
  EXPECT_EQ(getsockname(socket_of.get(), any, &size), 0);
  return ntohs(address.sin_port);
}

// Whether a server is there before the program ends.
bool Listens(Program& program, int port) {
  sockaddr_in address = Local(port);
  for (int i = 0; i < 800 && program.Running(); ++i) {
    const Descriptor client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
  return false;
}

TEST_F(ServeStreams, AServerServesWhateverBecomesOfThem) {
  struct Case {
    Streams streams;
    int code;
  };
  for (const Case& c : std::vector<Case>{{{.out = Stream::kFull}, 1},
                                         {{.out = Stream::kGone}, 141},
                                         {{.out = Stream::kClosed}, 0},
                                         {{.err = Stream::kFull}, 0},
                                         {{.err = Stream::kGone}, 0},
                                         {{.err = Stream::kClosed}, 0},
                                         {{Stream::kFull, Stream::kFull}, 1},
                                         {{Stream::kGone, Stream::kGone}, 141},
                                         {{Stream::kClosed, Stream::kClosed, true}, 0}}) {
    SCOPED_TRACE(fmt::format("{} {}", Name(c.streams.out), Name(c.streams.err)));
    const int port = FreePort();
    Program program(*folder, {"serve", "r", "--port", std::to_string(port)}, {}, c.streams);
    EXPECT_TRUE(Listens(program, port));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // it tells its address
    EXPECT_TRUE(program.Running());
    program.Signal(SIGTERM);
    const Outcome outcome = program.Wait();
    EXPECT_EQ(outcome.code, c.code) << outcome.err;
    if (c.streams.out == Stream::kKept || c.streams.err != Stream::kKept) continue;
    EXPECT_THAT(outcome.err, HasSubstr(fmt::format("at http://127.0.0.1:{}/;", port)));
  }
}

}  // namespace
}  // namespace normlab
