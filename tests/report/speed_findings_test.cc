#include "report/findings/speed_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "small_run.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ArmRecord Timed(const std::string& label, std::uint64_t seed, const std::vector<double>& seconds) {
  ArmRecord arm = SmallArm(label, seed, 76);
  const MetricsRow row = arm.metrics[0];
  arm.metrics.clear();
  for (const double value : seconds) {
    arm.metrics.push_back(row);
    arm.metrics.back().seconds = value;
    arm.metrics.back().images_per_second = 60000 / value;
  }
  return arm;
}

// batch: medians of 3, 5, 4 and of 4, 8 are 4 and 6, mean 5; 15,000 and (15,000 + 7,500) / 2 images
// a second, harmonic mean 2 / (1 / 15,000 + 1 / 11,250) = 12,857. layer: 3 s, 20,000.
TEST(SpeedFindings, TakeTheMedianOfEpochsAndTheMeanOfSeeds) {
  const RunRecord run = SmallRun({Timed("batch", 1, {100, 3, 5, 4}), Timed("batch", 2, {1, 4, 8}),
                                  Timed("layer", 1, {50, 3, 3, 2.9})});
  EXPECT_THAT(SpeedFindings(run),
              ElementsAre("Training time of an epoch, median over the epochs after the first, mean "
                          "(range) over the seeds, fastest first: layer 3.00 s, 20,000 images a "
                          "second (seed 1, n = 1); batch 5.00 s (4.00 to 6.00), 12,857 images a "
                          "second (seeds 1, 2, n = 2), 1.67 times as long."));
}

TEST(SpeedFindings, SayWhereThereIsOnlyTheFirstEpoch) {
  EXPECT_THAT(SpeedFindings(SmallRun({Timed("batch", 1, {0.25})})),
              ElementsAre("Training time of an epoch (the only one): batch 0.250 s, 240,000 images "
                          "a second (seed 1, n = 1)."));
  EXPECT_THAT(SpeedFindings(SmallRun({Timed("batch", 1, {2}), Timed("batch", 2, {9, 2})}))[0],
              HasSubstr("median over the epochs after the first where there are others"));
}

TEST(SpeedFindings, LeaveOutTimesThatAreNone) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(SpeedFindings(SmallRun({Timed("a", 1, {}), Timed("b", 1, {1, 0}),
                                      Timed("c", 1, {1, infinity}), Timed("d", 1, {1, NAN})})),
              IsEmpty());
  RunRecord run = SmallRun({Timed("a", 1, {1, 1e-300}), Timed("b", 1, {1e300, 1e300})});
  EXPECT_THAT(SpeedFindings(run), ElementsAre(HasSubstr("a 0.000000 s, 6e+304 images a second")));
  run.arms[0].state = run.arms[1].state = "diverged";
  EXPECT_THAT(SpeedFindings(run), IsEmpty());
}

std::string Hardware(const std::string& environment) {
  RunRecord run = SmallRun({Timed("batch", 1, {2, 2})});
  run.environment_json = environment;
  const auto sentences = SpeedFindings(run);
  return sentences.size() < 2 ? "" : sentences[1];
}

TEST(SpeedFindings, NameTheHardware) {
  EXPECT_EQ(Hardware(R"({"processor": "a 6502", "cores": 2, "simd": "avx2", "jobs": 1,
                         "threads": 2})"),
            "These times are of a 6502, 2 cores, instruction set avx2, one training at a time on 2 "
            "threads.");
  EXPECT_EQ(Hardware(R"({"processor": "a 6502", "jobs": 2, "threads": 1, "last_arms": 1,
                         "last_threads": 2})"),
            "These times are of a 6502, 2 trainings side by side on 1 thread each: they share "
            "caches and memory, so their times are not comparable with those of a training that "
            "runs alone; the last training on 2 threads, and times on more threads are shorter.");
  EXPECT_THAT(Hardware(R"({"processor": "a 6502", "threads": 1})"),
              HasSubstr("how many trainings ran side by side is not recorded"));
}

TEST(SpeedFindings, TakeAnyEnvironment) {
  for (const char* broken :
       {"", "{", "[]", "1", "null", R"({"processor": 1})", R"({"processor": "", "jobs": 2})"}) {
    EXPECT_EQ(Hardware(broken), "") << broken;
  }
  EXPECT_EQ(Hardware(R"({"processor": "a", "jobs": "2", "threads": -1, "cores": 1e99})"),
            "These times are of a.");
}

}  // namespace
}  // namespace normlab
