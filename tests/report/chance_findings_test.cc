#include "report/findings/chance_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/findings/learned_models.h"
#include "small_run.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Three classes, 10,000 images: 100/3 + 300 sqrt(2/9 / 10,000) = 34.747...
TEST(ChanceFindings, TheBoundIsThreeDeviationsOfTheBinomial) {
  EXPECT_NEAR(HighestByChance(3, 10000), 100.0 / 3 + std::sqrt(2.0), 1e-9);
  EXPECT_NEAR(HighestByChance(2, 100), 50 + 15, 1e-9);
}

TEST(ChanceFindings, SayWhichModelLearnedNothing) {
  const RunRecord run = SmallRun({SmallArm("instance", 1, 33.3), SmallArm("instance", 2, 34.7),
                                  SmallArm("batch", 1, 34.8), SmallArm("batch", 2, 98)});
  EXPECT_THAT(ChanceFindings(run, 10000),
              ElementsAre(AllOf(StartsWith("instance never left chance: at no epoch of seeds 1"),
                                HasSubstr("(n = 2)"), HasSubstr("34.70 %"), HasSubstr("3 classes"),
                                HasSubstr("33.33 %"), HasSubstr("34.75 %"))));
}

TEST(ChanceFindings, TellTheSeedsWhereOnlySomeDid) {
  const RunRecord run =
      SmallRun({SmallArm("batch", 1, 98), SmallArm("batch", 2, 30), SmallArm("batch", 3, 97)});
  EXPECT_THAT(ChanceFindings(run, 10000),
              ElementsAre(StartsWith("batch stayed at chance in 1 of 3 trainings: at no epoch of "
                                     "seed 2 (n = 1)")));
}

// One good epoch is learning; a training that has not finished is not judged.
TEST(ChanceFindings, AGoodEpochOrAnUnfinishedTrainingIsNone) {
  ArmRecord once = SmallArm("once", 1, 90), open = SmallArm("open", 1, 30);
  once.metrics.push_back(once.metrics.front());
  once.metrics.back().test_accuracy = 33;
  open.state = "interrupted";
  EXPECT_THAT(ChanceFindings(SmallRun({once, open}), 10000), IsEmpty());
  RunRecord nameless = SmallRun({SmallArm("batch", 1, 30)});
  nameless.class_names.clear();
  EXPECT_THAT(ChanceFindings(nameless, 10000), IsEmpty());
}

}  // namespace
}  // namespace normlab
