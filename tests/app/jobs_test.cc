// Trainings side by side in a whole run with the built program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "tests/app/program.h"
#include "tests/app/same_bits.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kArms[] = {"batch-seed1", "layer-seed1", "group-seed1"};

std::vector<std::string> ThreeArms(std::vector<std::string> more) {
  std::vector<std::string> arguments = {"run",   "fashion",  "--set",      "model=C2v P P GAP c10!",
                                        "--set", "groups=1", "--log-steps"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::string State(const Json& study, int arm) { return study["arms"][arm]["state"]; }

TEST(Jobs, AnySplitGivesTheSameRun) {
  const TemporaryFolder folder;
  const Outcome one =
      RunProgram(folder, ThreeArms({"--set", "max_steps=3", "--jobs", "1", "--out", "one"}));
  const Outcome two =
      RunProgram(folder, ThreeArms({"--set", "max_steps=3", "--jobs", "2", "--out", "two"}));
  const Outcome chosen = RunProgram(folder, ThreeArms({"--set", "max_steps=3", "--out", "chosen"}));
  ASSERT_EQ(one.code, 0) << one.err;
  ASSERT_EQ(two.code, 0) << two.err;
  ASSERT_EQ(chosen.code, 0) << chosen.err;
  const Json first = Json::parse(ReadFile(folder / "one/study.json"));
  for (const std::string name : {"two", "chosen"}) {
    for (const char* arm : kArms)
      ExpectSameBits(folder / ("one/" + std::string(arm)), folder / (name + "/" + arm));
    const Json study = Json::parse(ReadFile(folder / (name + "/study.json")));
    EXPECT_EQ(study["configuration"], first["configuration"]);
    for (int arm = 0; arm < 3; ++arm) {
      EXPECT_EQ(study["arms"][arm]["folder"], kArms[arm]);
      EXPECT_EQ(State(study, arm), "finished");
    }
    const std::string readme = ReadFile(folder / (name + "/README.md"));
    const std::size_t results = readme.find("## Results");
    EXPECT_LT(readme.find("batch", results), readme.find("layer", results));
    EXPECT_LT(readme.find("layer", results), readme.find("group", results));
  }
  const Json environment = Json::parse(ReadFile(folder / "two/environment.json"));
  EXPECT_EQ(environment["jobs"], 2);
  const int cores = environment["cores"];
  EXPECT_EQ(environment["threads"], std::max(1, cores / 2));
  for (const char* arm : kArms) {
    const auto clock = ReadLines(folder / ("one/" + std::string(arm) + "/clock.csv"));
    ASSERT_EQ(clock.size(), 2u);
    EXPECT_THAT(clock[1], HasSubstr(",1,")) << "one at a time";
  }
  EXPECT_THAT(ReadFile(folder / "one/README.md"), HasSubstr("one training at a time on "));
}

// 128 + 9 and 130, and again in another split.
TEST(Jobs, SlowKilledOrInterruptedWithTwoTrainingsTheRunGoesOn) {
  const TemporaryFolder folder;
  const auto arguments = [](const std::string& out, const std::string& jobs) {
    return ThreeArms({"--epochs", "4", "--threads", "1", "--out", out, "--jobs", jobs});
  };
  ASSERT_EQ(RunProgram(folder, arguments("whole", "1")).code, 0);
  for (const int signal : {SIGKILL, SIGINT}) {
    const std::string out = signal == SIGINT ? "int" : "kill";
    {
      Program program(folder, arguments(out, "2"));
      const auto begun = [&](const char* arm) {
        return fs::exists(folder / (out + "/" + arm + "/metrics.csv"));
      };
      while (program.Running() && !(begun(kArms[0]) && begun(kArms[1]))) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      ASSERT_TRUE(program.Running());
      program.Signal(signal);
      EXPECT_EQ(program.Wait().code, 128 + signal);
    }
    EXPECT_FALSE(fs::exists(folder / (out + "/DONE")));
    const Json study = Json::parse(ReadFile(folder / (out + "/study.json")));
    EXPECT_EQ(State(study, 0), "interrupted");
    EXPECT_EQ(State(study, 1), "interrupted");
    EXPECT_EQ(State(study, 2), "pending");
    const Outcome resumed = RunProgram(folder, arguments(out, "3"));
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    for (const char* arm : kArms) {
      ExpectSameBits(folder / ("whole/" + std::string(arm)), folder / (out + "/" + arm));
    }
  }
}

TEST(Jobs, ADryRunSaysTheSplit) {
  const TemporaryFolder folder;
  const Outcome given =
      RunProgram(folder, ThreeArms({"--dry-run", "--jobs", "3", "--threads", "2"}));
  EXPECT_EQ(given.code, 0) << given.err;
  EXPECT_THAT(given.out, HasSubstr("# jobs x threads: 3 x 2\n"));
  EXPECT_THAT(given.out, ::testing::ContainsRegex("jobs = 3 +# flag --jobs"));
  const Outcome chosen = RunProgram(folder, ThreeArms({"--dry-run"}));
  EXPECT_THAT(chosen.out, HasSubstr("# jobs x threads: "));
  EXPECT_THAT(chosen.out, ::testing::ContainsRegex("jobs = \"auto\" +# default"));
}

TEST(Jobs, MayBeSaidByTheEnvironment) {
  const TemporaryFolder folder;
  const Outcome outcome = RunProgram(folder, ThreeArms({"--dry-run"}),
                                     {{"NORMLAB_JOBS", "2"}, {"NORMLAB_THREADS", "5"}});
  EXPECT_THAT(outcome.out, HasSubstr("# jobs x threads: 2 x 5"));
}

}  // namespace
}  // namespace normlab
