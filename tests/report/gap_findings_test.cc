#include "report/findings/gap_findings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/findings/batch_statistics_findings.h"
#include "small_run.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

ArmRecord WithGap(const std::string& label, std::uint64_t seed, double train, double test) {
  ArmRecord arm = SmallArm(label, seed, test);
  AddCleanAccuracy(arm, train);
  arm.metrics.back().train_accuracy = 12.34;  // the running figure, which must not be used
  return arm;
}

TEST(GapFindings, TellTheGapOfEveryModelAndWhichDiffer) {
  const RunRecord run = SmallRun({WithGap("batch", 1, 80, 76), WithGap("batch", 2, 82.5, 78),
                                  WithGap("batch", 3, 81, 76.6), WithGap("layer", 1, 79, 77),
                                  WithGap("layer", 2, 78, 75.6), WithGap("layer", 3, 80, 77.5)});
  const OfThree batch(4, 4.5, 4.4), layer(2, 2.4, 2.5), difference(2, 2.1, 1.9);
  EXPECT_THAT(
      GapFindings(run, 10000),
      ElementsAre(
          fmt::format("Train-test gap, the clean train accuracy minus the final test accuracy in "
                      "points, mean over the seeds with the 95 % t interval: batch {:+.2f} "
                      "[{:+.2f}, {:+.2f}] (81.17 % train, 76.87 % test; seeds 1, 2, 3, n = 3); "
                      "layer {:+.2f} [{:+.2f}, {:+.2f}] (79.00 % train, 76.70 % test; seeds 1, 2, "
                      "3, n = 3).",
                      batch.mean, batch.low, batch.high, layer.mean, layer.low, layer.high),
          AllOf(HasSubstr("evaluation mode"), HasSubstr("without augmentation"),
                HasSubstr("after the last epoch"), HasSubstr("on 10,000 fixed training images"),
                HasSubstr("running train accuracy of the log is not used")),
          fmt::format("batch has a larger train-test gap than layer: {:+.2f} points [{:+.2f}, "
                      "{:+.2f}], p = {:.2g}, paired by seeds 1, 2, 3 (n = 3).",
                      difference.mean, difference.low, difference.high, difference.p)));
}

TEST(GapFindings, SayNotDistinguishableWhereNoneDiffers) {
  const RunRecord run = SmallRun({WithGap("batch", 1, 80, 76), WithGap("batch", 2, 82.5, 78),
                                  WithGap("batch", 3, 81, 76.6), WithGap("layer", 1, 79, 75.1),
                                  WithGap("layer", 2, 78, 73.3), WithGap("layer", 3, 80, 75.5)});
  const OfThree difference(0.1, -0.2, -0.1);
  EXPECT_EQ(GapFindings(run, 10000).back(),
            fmt::format("The train-test gaps of layer and batch are not distinguishable at n = 3: "
                        "p = {:.2g}, paired by seeds 1, 2, 3 (n = 3).",
                        difference.p));
}

TEST(GapFindings, CompareNothingOfFewSeedsOrOfOtherImages) {
  RunRecord run = SmallRun({WithGap("batch", 1, 80, 76), WithGap("layer", 1, 79, 77)});
  EXPECT_THAT(GapFindings(run, 10000),
              ElementsAre(AllOf(HasSubstr("batch +4.00 (80.00 % train, 76.00 % test; seed 1, "
                                          "n = 1); layer +2.00"),
                                Not(HasSubstr("interval"))),
                          testing::_));
  run = SmallRun({WithGap("batch", 1, 80, 76), WithGap("batch", 2, 82.5, 78),
                  WithGap("batch", 3, 81, 76.6), WithGap("layer", 1, 79, 77),
                  WithGap("layer", 2, 78, 75.6), WithGap("layer", 3, 80, 77.5)});
  run.arms[0].last->clean_train_images = 400;
  EXPECT_THAT(GapFindings(run, 10000),
              ElementsAre(testing::_, HasSubstr("on 400 or 10,000 fixed training images")));
}

TEST(GapFindings, AreNoneWithoutRecords) {
  RunRecord run = SmallRun({SmallArm("batch", 1, 76)});
  EXPECT_THAT(GapFindings(run, 10000), IsEmpty());
  AddCleanAccuracy(run.arms[0], 80, 0);
  EXPECT_THAT(GapFindings(run, 10000), IsEmpty()) << "of no images";
  run.arms[0].last->clean_train_images = 10;
  EXPECT_EQ(GapFindings(run, 10000).size(), 2u);
  run.arms[0].state = "diverged";
  EXPECT_THAT(GapFindings(run, 10000), IsEmpty());
}

ArmRecord WithBatchStatistics(const std::string& label, std::uint64_t seed, double running,
                              double batch) {
  ArmRecord arm = WithGap(label, seed, 80, running);
  arm.last->batch_statistics_test_accuracy = batch;
  return arm;
}

TEST(BatchStatisticsFindings, TellTheChangePairedBySeed) {
  const RunRecord run =
      SmallRun({WithBatchStatistics("batch", 1, 74, 76), WithBatchStatistics("batch", 2, 75, 76.8),
                WithBatchStatistics("batch", 3, 73, 75.1), WithGap("layer", 1, 79, 77)});
  const OfThree change(2, 1.8, 2.1);
  EXPECT_THAT(
      BatchStatisticsFindings(run, 10000),
      ElementsAre(fmt::format(
          "batch, seeds 1, 2, 3 (n = 3): the same trained networks, normalizing with each test "
          "batch's own statistics, get 75.97 % of the test images right against 74.00 % with the "
          "running statistics: {:+.2f} points [{:+.2f}, {:+.2f}], p = {:.2g}. With batch "
          "statistics these networks are better.",
          change.mean, change.low, change.high, change.p)));
}

TEST(BatchStatisticsFindings, AdjustForTheNumberOfModels) {
  const RunRecord run =
      SmallRun({WithBatchStatistics("a", 1, 76, 74), WithBatchStatistics("a", 2, 76.8, 75),
                WithBatchStatistics("a", 3, 75.1, 73), WithBatchStatistics("b", 1, 76, 76.5),
                WithBatchStatistics("b", 2, 76.8, 76.2), WithBatchStatistics("b", 3, 75.1, 75.4)});
  const OfThree a(-2, -1.8, -2.1), b(0.5, -0.6, 0.3);
  const std::string family = " (Holm: batch against running statistics, 2 tests).";
  EXPECT_THAT(BatchStatisticsFindings(run, 10000),
              ElementsAre(AllOf(HasSubstr(fmt::format("p = {:.2g}.", 2 * a.p)),
                                HasSubstr("these networks are worse" + family)),
                          AllOf(HasSubstr(fmt::format("p = {:.2g}.", b.p)),
                                HasSubstr("Not distinguishable at n = 3" + family))));
}

TEST(BatchStatisticsFindings, OfOneSeedSayWhatWasMeasuredAndNoMore) {
  const RunRecord run = SmallRun({WithBatchStatistics("batch", 4, 74, 76)});
  EXPECT_THAT(BatchStatisticsFindings(run, 10000),
              ElementsAre("batch, seed 4 (n = 1): the same trained network, normalizing with each "
                          "test batch's own statistics, gets 76.00 % of the test images right "
                          "against 74.00 % with the running statistics: +2.00 points. With n = 1 "
                          "nothing is tested: this is what was measured on one network, and no "
                          "more."));
}

TEST(BatchStatisticsFindings, AreNoneWhereNoneAreRecorded) {
  EXPECT_THAT(BatchStatisticsFindings(SmallRun({WithGap("layer", 1, 79, 77)}), 10000), IsEmpty());
  EXPECT_THAT(BatchStatisticsFindings(SmallRun({WithBatchStatistics("batch", 1, 74, NAN)}), 10000),
              IsEmpty());
}

}  // namespace
}  // namespace normlab
