#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "random_run.h"
#include "report/image_findings.h"
#include "report/model_findings.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Findings : public testing::Test {
 protected:
  Findings() : dataset_(RandomDataset(3, {1, 4, 4}, {"cat", "dog", "owl"})) {}

  // An arm whose final test accuracy is `accuracy`.
  void Add(const std::string& label, std::uint64_t seed, double accuracy) {
    ArmRecord arm = RandomArm(seed, label, dataset_, 2, 0);
    arm.seed = seed;
    arm.metrics.back().test_accuracy = accuracy;
    arms_.push_back(std::move(arm));
  }
  void AddAll(const std::string& label, const std::vector<double>& accuracies) {
    for (std::size_t i = 0; i < accuracies.size(); ++i) Add(label, i + 1, accuracies[i]);
  }
  static ErrorRow Miss(int index, int truth, int prediction) {
    ErrorRow row;
    row.index = index;
    row.truth = truth;
    row.prediction = prediction;
    return row;
  }

  RunRecord Run() { return RandomRun("unused", dataset_, arms_); }
  std::vector<std::string> Models() { return ModelFindings(Run(), 10000); }

  Dataset dataset_;
  std::vector<ArmRecord> arms_;
};

// Differences 10, 9.5, 10.1: mean 9.8667, deviation 0.3215, t = 53.2 with 2 degrees of freedom.
TEST_F(Findings, SayBeatsWhereTheSeedsBearItOut) {
  AddAll("layer", {80, 81.5, 81.9});
  AddAll("batch", {90, 91, 92});
  EXPECT_THAT(Models(),
              ElementsAre(AllOf(StartsWith("Final test accuracy, mean of seeds 1, 2, 3"),
                                HasSubstr("batch 91.00 % [88.52, 93.48]; layer 81.13 % [")),
                          "batch beats layer: +9.87 points [+9.07, +10.67], paired, n = 3, "
                          "p = 0.00035."));
}

// Differences -0.5, 0.6, -0.3.
TEST_F(Findings, SayNotDistinguishableWhereTheyDoNot) {
  AddAll("batch", {90, 91, 92});
  AddAll("layer", {90.5, 90.4, 92.3});
  const auto findings = Models();
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_THAT(findings[1],
              AllOf(StartsWith("layer and batch are not distinguishable at n = 3: +0.07 points ["),
                    HasSubstr("would take about"), Not(HasSubstr("beats"))));
}

TEST_F(Findings, AdjustForTheNumberOfPairs) {
  AddAll("a", {90, 91, 92});
  AddAll("b", {80, 81.5, 81.9});
  AddAll("c", {70, 71.5, 71.9});
  const auto findings = Models();
  ASSERT_EQ(findings.size(), 4u);
  EXPECT_THAT(findings[1], AllOf(StartsWith("a beats b"), HasSubstr("after Holm over 3 pairs")));
}

TEST_F(Findings, OfManyPairsTellWhatWasFound) {
  AddAll("best", {90, 91, 92});
  for (const char* label : {"a", "b", "c", "d", "e"}) AddAll(label, {80, 81, 82.5});
  const auto findings = Models();
  ASSERT_EQ(findings.size(), 1u + 5 + 1);
  for (std::size_t i = 1; i <= 5; ++i) EXPECT_THAT(findings[i], StartsWith("best beats "));
  EXPECT_EQ(findings.back(), "The other 10 of the 15 pairs are not distinguishable.");
}

TEST_F(Findings, PairOnlySeedsThatAllModelsFinished) {
  AddAll("batch", {90, 91, 92, 10});
  AddAll("layer", {80, 81.5, 81.9});
  Add("layer", 4, 99);
  arms_.back().state = "diverged";
  EXPECT_THAT(Models()[0], HasSubstr("mean of seeds 1, 2, 3 "));
  EXPECT_THAT(Models()[1], StartsWith("batch beats layer: +9.87"));
}

TEST_F(Findings, OfOneSeedCompareTheNetworksAndNotTheMethods) {
  Add("batch", 5, 90);
  Add("layer", 5, 80);
  arms_[0].errors = {Miss(1, 0, 1), Miss(2, 0, 1), Miss(3, 1, 0)};
  arms_[1].errors = {Miss(3, 1, 2), Miss(4, 2, 0)};
  const auto findings = Models();
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_THAT(findings[1], HasSubstr("nothing can be said of the methods"));
  EXPECT_THAT(findings[2], AllOf(HasSubstr("1 images only the first gets right, 2 only the second"),
                                 HasSubstr("p = 1)"), HasSubstr("not distinguishable")));
}

TEST_F(Findings, AreNoneWithoutTwoFinishedModels) {
  EXPECT_THAT(Models(), IsEmpty());
  AddAll("batch", {90, 91, 92});
  EXPECT_THAT(Models(), IsEmpty());
  Add("layer", 1, 50);
  arms_.back().state = "interrupted";
  EXPECT_THAT(Models(), IsEmpty());
}

TEST_F(Findings, CountTheMissesOfImages) {
  Add("batch", 1, 90);
  Add("batch", 2, 90);
  Add("layer", 1, 80);
  arms_[0].errors = {Miss(0, 0, 1), Miss(3, 0, 1), Miss(7, 1, 0)};
  arms_[1].errors = {Miss(3, 0, 2), Miss(8, 2, 0)};
  arms_[2].errors = {Miss(3, 0, 1), Miss(9, 2, 1)};
  EXPECT_THAT(
      ImageFindings(Run()),
      ElementsAre("Hardest classes, with the misses of all 3 trainings together: cat (4), owl (2), "
                  "dog (1).",
                  "Confused most, counted over all 3 trainings together: cat taken for dog (3), "
                  "cat taken for owl (1), dog taken for cat (1).",
                  "1 test image is missed by all 3 trainings: 3.",
                  "3 test images are missed by batch alone: 0, 7, 8.",
                  "1 test image is missed by layer alone: 9."));
}

TEST_F(Findings, OfImagesAreNoneWithoutAFinishedTraining) {
  EXPECT_THAT(ImageFindings(Run()), IsEmpty());
}

}  // namespace
}  // namespace normlab
