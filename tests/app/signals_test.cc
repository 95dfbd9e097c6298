// What normlab does with every signal that is meant for it, and with those that it must leave
// alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "base/file.h"
#include "tests/app/program.h"
#include "tests/app/small_idx.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr int kPausing[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

void Pause() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

// A run that goes on for hours, once it has trained an epoch.
std::unique_ptr<Program> LongRun(const TemporaryFolder& folder, const std::string& out) {
  auto program = std::make_unique<Program>(folder, SmallRun({"--epochs", "100000", "--out", out}));
  while (program->Running() && !fs::exists(folder / (out + "/batch-seed1/metrics.csv"))) Pause();
  return program;
}

// Dispositions that a program inherits which is started meanwhile.
class Ignoring {
 public:
  explicit Ignoring(int signal) : signal_(signal), before_(std::signal(signal, SIG_IGN)) {}
  ~Ignoring() { std::signal(signal_, before_); }

 private:
  int signal_;
  void (*before_)(int);
};

TEST(Signals, EachPausesARunAndSaysWhich) {
  const TemporaryFolder folder;
  WriteSmallIdx(folder / "set");
  for (const int signal : kPausing) {
    const std::string out = "run" + std::to_string(signal);
    const auto program = LongRun(folder, out);
    program->Signal(signal);
    const Outcome outcome = program->Wait();
    EXPECT_EQ(outcome.code, 128 + signal) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("the same command goes on"));
    EXPECT_THAT(ReadFile(folder / (out + "/study.json")), HasSubstr("\"interrupted\""));
  }
}

// nohup and a shell's background: what was ignored before stays so.
TEST(Signals, ThatWereIgnoredStayIgnored) {
  const TemporaryFolder folder;
  WriteSmallIdx(folder / "set");
  for (const int signal : kPausing) {
    std::unique_ptr<Program> program;
    {
      const Ignoring ignoring(signal);
      program = LongRun(folder, "run" + std::to_string(signal));
    }
    program->Signal(signal);
    const int other = signal == SIGTERM ? SIGINT : SIGTERM;
    for (int i = 0; i < 20; ++i) Pause();
    EXPECT_TRUE(program->Running()) << signal;
    program->Signal(other);
    EXPECT_EQ(program->Wait().code, 128 + other);
  }
}

TEST(Signals, EachEndsServeWithNothingToSave) {
  const TemporaryFolder folder;
  for (const int signal : kPausing) {
    Program program(folder, {"serve", "nothing-yet", "--port", "0"});
    const auto has_begun = [&] {
      return fs::exists(program.out_path()) && fs::file_size(program.out_path()) > 0;
    };
    while (program.Running() && !has_begun()) Pause();
    program.Signal(signal);
    const Outcome outcome = program.Wait();
    if (outcome.code == 2)
      NORMLAB_LEFT_OUT("this build has no page; cmake -B build -DNORMLAB_WEB=ON");
    EXPECT_EQ(outcome.code, 0) << signal << outcome.err;
  }
}

std::string LineOf(const std::string& text, const std::string& start) {
  const std::size_t at = text.find(start);
  return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
}

bool Holds(const std::string& line, int signal) {
  const std::size_t digits = line.find_last_of("\t ") + 1;
  return (std::stoull(line.substr(digits), nullptr, 16) >> (signal - 1) & 1) != 0;
}

// A program that is started has them as a shell would give them: here one in gnuplot's place that
// writes down what it has.
TEST(Signals, OfFailedWritesAreIgnoredHereAndNotInPrograms) {
  const TemporaryFolder folder;
  WriteSmallIdx(folder / "set");
  fs::create_directories(folder / "bin");
  std::ofstream(folder / "bin/gnuplot")
      << "#!/bin/sh\n/bin/grep Sig /proc/self/status > " << (folder / "seen") << ".$$\nexit 1\n";
  fs::permissions(folder / "bin/gnuplot", fs::perms::owner_all);
  const Outcome outcome =
      RunProgram(folder, SmallRun({"--epochs", "1", "--out", "run"}), {{"PATH", folder / "bin"}});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  int seen = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path())) {
    if (!entry.path().filename().string().starts_with("seen.")) continue;
    ++seen;
    const std::string status = ReadFile(entry.path());
    for (const int signal : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP}) {
      EXPECT_FALSE(Holds(LineOf(status, "SigIgn:"), signal)) << status;
      EXPECT_FALSE(Holds(LineOf(status, "SigBlk:"), signal)) << status;
    }
  }
  EXPECT_GT(seen, 0);
  const auto program = LongRun(folder, "long");
  const std::string status = ReadFile("/proc/" + std::to_string(program->process()) + "/status");
  EXPECT_TRUE(Holds(LineOf(status, "SigIgn:"), SIGPIPE));
  EXPECT_TRUE(Holds(LineOf(status, "SigIgn:"), SIGXFSZ));
}

}  // namespace
}  // namespace normlab
