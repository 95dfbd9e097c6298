// What a machine does not give: room in a file, memory, a place for temporary files, a gnuplot that
// works. Each is one line that says what, where and what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/out_of_memory.h"
#include "tests/app/program.h"
#include "tests/app/small_idx.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

// For the programs that are begun while it lives.
class Limited {
 public:
  Limited(__rlimit_resource resource, rlim_t most) : resource_(resource) {
    getrlimit(resource_, &before_);
    const rlimit lower = {most, before_.rlim_max};
    setrlimit(resource_, &lower);
  }
  ~Limited() { setrlimit(resource_, &before_); }
  Limited(const Limited&) = delete;
  Limited& operator=(const Limited&) = delete;

 private:
  __rlimit_resource resource_;
  rlimit before_{};
};

class MachineLimits : public testing::Test {
 protected:
  Outcome Try(const std::vector<std::string>& arguments,
              const std::map<std::string, std::string>& variables = {}) const {
    return RunProgram(folder_, arguments, variables);
  }
  static void ExpectOneLine(const Outcome& outcome, int code) {
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_THAT(outcome.err, StartsWith("normlab: "));
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  }
  // A program of that name, which sh runs.
  std::map<std::string, std::string> WithGnuplot(const std::string& script) const {
    fs::create_directories(folder_ / "bin");
    std::ofstream(folder_ / "bin/gnuplot") << "#!/bin/sh\n" << script << "\n";
    fs::permissions(folder_ / "bin/gnuplot", fs::perms::owner_all);
    return {{"PATH", folder_ / "bin"}};
  }

  TemporaryFolder folder_;
};

TEST_F(MachineLimits, AFileThatMayNotGrow) {
  WriteSmallIdx(folder_ / "set");
  const Limited limited(RLIMIT_FSIZE, 4096);
  const Outcome page = Try({"explain", "batch", "--html", "--out", "batch.html"});
  ExpectOneLine(page, 1);
  EXPECT_THAT(page.err,
              AllOf(HasSubstr("batch.html.part: File too large"), HasSubstr("ulimit -f")));
  EXPECT_FALSE(fs::exists(folder_ / "batch.html.part"));
  const Outcome output = Try({"explain", "batch"});
  ExpectOneLine(output, 1);
  EXPECT_THAT(output.err,
              AllOf(HasSubstr("standard output: File too large"), HasSubstr("ulimit -f")));
}

TEST_F(MachineLimits, AFolderThatCannotBe) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"run", "--out", "/dev/full"},
           {"explain", "batch", "--html", "--out", "/proc/b.html"},
           {"run", "--out", "/proc/x"}}) {
    const Outcome outcome = Try(arguments);
    ExpectOneLine(outcome, 1);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr(arguments.back()), HasSubstr("name "))) << outcome.err;
  }
}

TEST_F(MachineLimits, MemoryThatHasRunOut) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  NORMLAB_LEFT_OUT("a sanitizer's memory needs more; the Release build of ./check");
#endif
  WriteSmallIdx(folder_ / "set");
  fs::resize_file(folder_ / "set/train-images-idx3-ubyte", std::uintmax_t{400} << 20);  // a hole
  const Limited limited(RLIMIT_AS, rlim_t{160} << 20);
  const Outcome outcome = Try({"data", "stats", "idx:set"});
  ExpectOneLine(outcome, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("out of memory (ulimit -v allows 160 MiB)"),
                                 HasSubstr("normlab doctor"), Not(HasSubstr("batch"))));
}

// What needs less is a flag of that command.
TEST(OutOfMemory, AdvisesWhatTheCommandHas) {
  EXPECT_THAT(OutOfMemory("run"), HasSubstr("a smaller batch_size or fewer --jobs need less"));
  EXPECT_THAT(OutOfMemory("bench"), HasSubstr("a smaller --batch needs less"));
  for (const char* command : {"data", "report", "serve", ""}) {
    EXPECT_THAT(OutOfMemory(command), AllOf(StartsWith("out of memory"), Not(HasSubstr("batch"))));
  }
}

TEST_F(MachineLimits, NoPlaceForTemporaryFiles) {
  WriteSmallIdx(folder_ / "set");
  for (const char* path : {"/nowhere", "/dev/null"}) {
    const Outcome samples = Try({"data", "samples", "idx:set"}, {{"TMPDIR", path}});
    ExpectOneLine(samples, 1);
    EXPECT_THAT(samples.err, AllOf(HasSubstr(std::string("TMPDIR = ") + path),
                                   HasSubstr("set TMPDIR to one that can be written")));
    EXPECT_EQ(Try({"explain", "batch"}, {{"TMPDIR", path}}).code, 0);
  }
}

TEST_F(MachineLimits, AGnuplotThatFails) {
  WriteSmallIdx(folder_ / "set");
  struct Case {
    std::string script, says;
  };
  for (const Case& each :
       {Case{"echo 'line 0: unknown or ambiguous terminal type' >&2; exit 1",
             "gnuplot says: line 0: unknown or ambiguous terminal type"},
        Case{"echo \"(process:$$): GLib-ERROR **: 12:34:56.789: no thread\" >&2; exit 1",
             "gnuplot says: no thread"},
        Case{"kill -9 $$", "gnuplot was ended by a signal (Killed)"},
        Case{"exit 3", "gnuplot failed without a reason"},
        Case{"exit 0", "gnuplot ended well, but wrote no .svg file"}}) {
    const auto variables = WithGnuplot(each.script);
    const Outcome samples = Try({"data", "samples", "idx:set"}, variables);
    ExpectOneLine(samples, 1);
    EXPECT_THAT(samples.err, AllOf(HasSubstr("the picture cannot be drawn: " + each.says),
                                   EndsWith("; normlab doctor tells what is missing\n")));
    EXPECT_THAT(Try({"doctor"}, variables).out, HasSubstr("reports have no graphs: " + each.says));
  }
}

// One line for all figures that failed alike, with what to do.
TEST_F(MachineLimits, AReportWithoutCharts) {
  WriteSmallIdx(folder_ / "set");
  ASSERT_EQ(Try(SmallRun({"--epochs", "1", "--out", "run"})).code, 0);
  const auto variables = WithGnuplot("echo broken >&2; exit 1");
  const Outcome report = Try({"report", "run"}, variables);
  ExpectOneLine(report, 0);
  EXPECT_THAT(report.err, HasSubstr("charts are missing: gnuplot says: broken; normlab doctor "
                                    "tells what is missing, then: normlab report"));
}

// What a user's shell says of gnuplot changes no picture.
TEST_F(MachineLimits, AGnuplotThatAnEnvironmentLeadsAstray) {
  WriteSmallIdx(folder_ / "set");
  fs::create_directories(folder_ / "home");
  std::ofstream(folder_ / "home/.gnuplot") << "set terminal dumb\nexit\n";
  ASSERT_EQ(Try(SmallRun({"--epochs", "1", "--out", "run"})).code, 0);
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"GNUTERM", "x11"}, {"HOME", folder_ / "home"}, {"LC_ALL", "C"}}) {
    fs::remove_all(folder_ / "run/figures");
    const Outcome report = Try({"report", "run"}, {{name, value}});
    EXPECT_EQ(report.err, "") << name;
    EXPECT_TRUE(fs::exists(folder_ / "run/figures/test-loss.png")) << name;
  }
}

}  // namespace
}  // namespace normlab
