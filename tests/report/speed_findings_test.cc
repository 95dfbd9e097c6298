#include "report/findings/speed_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "report/readme/results_table.h"
#include "report/summary/fair_clock.h"
#include "small_run.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const EpochSplit kAlone{2, 1, "avx2", "a 6502"}, kBeside{1, 2, "avx2", "a 6502"};

// Without a split: as a folder of before clock.csv.
ArmRecord Timed(const std::string& label, std::uint64_t seed, const std::vector<double>& seconds,
                const std::vector<EpochSplit>& splits = {}) {
  ArmRecord arm = SmallArm(label, seed, 76);
  const EpochRecord row = arm.metrics[0];
  arm.metrics.clear();
  for (const double value : seconds) {
    arm.metrics.push_back(row);
    arm.metrics.back().epoch = static_cast<int>(arm.metrics.size());
    arm.metrics.back().seconds = value;
    arm.metrics.back().images_per_second = 60000 / value;
    const std::size_t e = arm.metrics.size();
    if (!splits.empty()) arm.splits[static_cast<int>(e)] = splits[std::min(e, splits.size()) - 1];
  }
  return arm;
}

const char kNotCompared[] = "Which model is faster cannot be said";

// batch: medians of 3, 5, 4 and of 4, 8 are 4 and 6, mean 5; 15,000 and (15,000 + 7,500) / 2 images
// a second, harmonic mean 2 / (1 / 15,000 + 1 / 11,250) = 12,857. layer: 3 s, 20,000.
TEST(SpeedFindings, TakeTheMedianOfEpochsAndTheMeanOfSeeds) {
  const RunRecord run =
      SmallRun({Timed("batch", 1, {100, 3, 5, 4}, {kAlone}), Timed("batch", 2, {1, 4, 8}, {kAlone}),
                Timed("layer", 1, {50, 3, 3, 2.9}, {kAlone})});
  EXPECT_THAT(SpeedFindings(run),
              ElementsAre("Training time of an epoch, median over the epochs after the first, mean "
                          "(range) over the seeds, fastest first, one training at a time on 2 "
                          "threads: layer 3.00 s, 20,000 images a second (seed 1, n = 1); batch "
                          "5.00 s (4.00 to 6.00), 12,857 images a second (seeds 1, 2, n = 2), 1.67 "
                          "times as long.",
                          "These times are of a 6502, instruction set avx2."));
}

// Three trainings on two cores: the last one is alone on both, and no slower for it.
TEST(SpeedFindings, DoNotCompareAcrossSplits) {
  const RunRecord run =
      SmallRun({Timed("batch", 1, {9, 4, 4}, {kBeside}), Timed("group", 1, {9, 5, 5}, {kBeside}),
                Timed("layer", 1, {9, 2, 2}, {kAlone})});
  const auto sentences = SpeedFindings(run);
  ASSERT_EQ(sentences.size(), 5u);
  EXPECT_THAT(sentences[0],
              AllOf(HasSubstr("2 trainings side by side on 1 thread each: batch"),
                    HasSubstr("group"), HasSubstr("1.25 times"), Not(HasSubstr("layer"))));
  EXPECT_THAT(sentences[1], AllOf(HasSubstr("layer 2.00 s"), Not(HasSubstr("batch")),
                                  Not(HasSubstr("times as"))));
  EXPECT_THAT(sentences[3], HasSubstr("share caches and memory"));
  EXPECT_THAT(sentences[4], AllOf(HasSubstr(kNotCompared), HasSubstr("normlab bench")));
}

// Resumed in another split: each of its epochs counts where it ran; those in which it changed do
// not.
TEST(SpeedFindings, TakeEachEpochInItsOwnSplit) {
  EpochSplit changed = kBeside;
  changed.trainings = 0;
  const RunRecord run =
      SmallRun({Timed("batch", 1, {9, 4, 4, 7, 2, 2}, {kBeside, kBeside, kBeside, changed, kAlone}),
                Timed("layer", 1, {9, 3, 3}, {kAlone})});
  const auto sentences = SpeedFindings(run);
  ASSERT_EQ(sentences.size(), 4u);
  EXPECT_THAT(sentences[0], HasSubstr("batch 4.00 s"));
  EXPECT_THAT(sentences[1], HasSubstr("batch 2.00 s, 30,000 images a second (seed 1, n = 1); layer "
                                      "3.00 s, 20,000 images a second (seed 1, n = 1), 1.50"));
  EXPECT_THAT(sentences, Each(Not(HasSubstr(kNotCompared))));
}

TEST(SpeedFindings, NameTheMachineWhereThereAreSeveral) {
  EpochSplit other = kAlone;
  other.processor = "a Z80";
  const auto sentences = SpeedFindings(
      SmallRun({Timed("batch", 1, {9, 4}, {kAlone}), Timed("layer", 1, {9, 2}, {other})}));
  ASSERT_EQ(sentences.size(), 3u);
  EXPECT_THAT(sentences[0], HasSubstr("on 2 threads of a 6502, instruction set avx2: batch"));
  EXPECT_THAT(sentences[1], HasSubstr("on 2 threads of a Z80, instruction set avx2: layer"));
  EXPECT_THAT(sentences[2], HasSubstr(kNotCompared));
}

TEST(SpeedFindings, CompareNothingWhereTheSplitIsNotRecorded) {
  EXPECT_THAT(SpeedFindings(SmallRun({Timed("batch", 1, {9, 4}), Timed("layer", 1, {9, 2})})),
              ElementsAre(HasSubstr(kNotCompared)));
  EXPECT_THAT(SpeedFindings(SmallRun({Timed("batch", 1, {9, 4}), Timed("batch", 2, {9, 2})})),
              ElementsAre(HasSubstr(kNotCompared)));
  const auto some =
      SpeedFindings(SmallRun({Timed("batch", 1, {9, 4}, {kAlone}), Timed("layer", 1, {9, 2})}));
  EXPECT_THAT(some.back(), HasSubstr(kNotCompared));
  EXPECT_THAT(some, Each(Not(HasSubstr("times as long"))));
}

TEST(SpeedFindings, SayWhereThereIsOnlyTheFirstEpoch) {
  EXPECT_THAT(SpeedFindings(SmallRun({Timed("batch", 1, {0.25})})),
              ElementsAre("Training time of an epoch (the only one): batch 0.250 s, 240,000 images "
                          "a second (seed 1, n = 1)."));
  EXPECT_THAT(SpeedFindings(SmallRun(
                  {Timed("batch", 1, {2}, {kAlone}), Timed("batch", 2, {9, 2}, {kAlone})}))[0],
              HasSubstr("median over the epochs after the first where there are others"));
}

TEST(SpeedFindings, LeaveOutTimesThatAreNone) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(SpeedFindings(SmallRun({Timed("a", 1, {}), Timed("b", 1, {1, 0}, {kAlone}),
                                      Timed("c", 1, {1, infinity}), Timed("d", 1, {1, NAN})})),
              IsEmpty());
  RunRecord run =
      SmallRun({Timed("a", 1, {1, 1e-300}, {kAlone}), Timed("b", 1, {1e300, 1e300}, {kAlone})});
  EXPECT_THAT(SpeedFindings(run)[0], HasSubstr("a 0.000000 s, 6e+304 images a second"));
  run.arms[0].state = run.arms[1].state = "diverged";
  EXPECT_THAT(SpeedFindings(run), IsEmpty());
}

TEST(ClockCaution, IsSaidWhereTimesAreNotToBeCompared) {
  EpochSplit changed = kAlone;
  changed.trainings = 0;
  const ArmRecord alone = Timed("batch", 1, {9, 4}, {kAlone});
  EXPECT_EQ(ClockCaution(SmallRun({alone})), "");
  EXPECT_EQ(ClockCaution(SmallRun({Timed("batch", 1, {9, 4})})), "") << "one training";
  EXPECT_EQ(ClockCaution(SmallRun({alone, Timed("layer", 1, {9, 2}, {kBeside, kAlone})})), "");
  for (const ArmRecord& other : {Timed("layer", 1, {9, 2}), Timed("layer", 1, {9, 2}, {kBeside}),
                                 Timed("layer", 1, {9, 2}, {changed}),
                                 Timed("layer", 1, {9, 2, 2}, {kAlone, kAlone, kBeside})}) {
    const std::string caution = ClockCaution(SmallRun({alone, other}));
    EXPECT_THAT(caution, HasSubstr("normlab bench"));
    EXPECT_THAT(ResultsTable(SmallRun({alone, other})), HasSubstr(caution));
  }
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
            "These times are of a 6502, 2 cores, instruction set avx2.");
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
