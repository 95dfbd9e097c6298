#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "random_run.h"
#include "report/findings/image_findings.h"
#include "report/findings/model_findings.h"
#include "small_run.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class ModelFindingsTest : public testing::Test {
 protected:
  ModelFindingsTest() : dataset_(RandomDataset(3, {1, 4, 4}, {"cat", "dog", "owl"})) {}

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
TEST_F(ModelFindingsTest, SayBeatsWhereTheSeedsBearItOut) {
  AddAll("layer", {80, 81.5, 81.9});
  AddAll("batch", {90, 91, 92});
  EXPECT_THAT(Models(),
              ElementsAre(AllOf(StartsWith("Final test accuracy, mean of seeds 1, 2, 3"),
                                HasSubstr("batch 91.00 % [88.52, 93.48]; layer 81.13 % [")),
                          "batch beats layer: +9.87 points [+9.07, +10.67], p = 0.00035, paired by "
                          "seeds 1, 2, 3 (n = 3)."));
}

TEST_F(ModelFindingsTest, SayNotDistinguishableWhereTheyDoNot) {
  AddAll("batch", {90, 91, 92});
  AddAll("layer", {90.5, 90.4, 92.3});
  const OfThree hand(0.5, -0.6, 0.3);
  const auto findings = Models();
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_THAT(
      findings[1],
      AllOf(StartsWith(fmt::format(
                "layer and batch are not distinguishable at n = 3: {:+.2f} points [{:+.2f}, "
                "{:+.2f}], p = {:.2g}, paired by seeds 1, 2, 3 (n = 3); nor are they shown to be "
                "equivalent within ±0.3 points (TOST p = {:.2g}). A true difference of that size, "
                "tested alone, would take about ",
                hand.mean, hand.low, hand.high, hand.p, hand.Equivalence(0.3))),
            Not(HasSubstr("beats"))));
}

TEST_F(ModelFindingsTest, SayEquivalentOnlyWithinTheMargin) {
  AddAll("batch", {90, 91, 92});
  AddAll("layer", {90.03, 90.98, 92.01});
  const OfThree hand(0.03, -0.02, 0.01);
  ASSERT_LT(hand.Equivalence(0.3), 0.05);
  ASSERT_GT(hand.p, 0.05);
  EXPECT_THAT(Models()[1],
              fmt::format("layer and batch are equivalent within ±0.3 points (TOST p = {:.2g}, "
                          "n = 3): {:+.2f} points [{:+.2f}, {:+.2f}], paired by seeds 1, 2, 3 "
                          "(n = 3).",
                          hand.Equivalence(0.3), hand.mean, hand.low, hand.high));
}

TEST_F(ModelFindingsTest, HaveASmallerMarginOnMnist) {
  AddAll("batch", {99, 99.1, 99.2});
  AddAll("layer", {99.05, 98.99, 99.24});
  const OfThree hand(0.05, -0.11, 0.04);
  ASSERT_LT(hand.Equivalence(0.3), 0.05);
  ASSERT_GT(hand.Equivalence(0.1), 0.05);
  RunRecord run = Run();
  EXPECT_THAT(ModelFindings(run, 10000)[1], HasSubstr("are equivalent within ±0.3 points"));
  run.dataset = "mnist";
  EXPECT_THAT(ModelFindings(run, 10000)[1],
              AllOf(HasSubstr("are not distinguishable"), HasSubstr("within ±0.1 points")));
}

// Of n >= 10 the bootstrap interval stands beside the t interval; both surround the mean.
TEST_F(ModelFindingsTest, AddTheBootstrapFromTenSeedsOn) {
  std::vector<double> a, b;
  for (int i = 0; i < 9; ++i) {
    a.push_back(90 + std::sin(i));
    b.push_back(90 + std::cos(i));
  }
  AddAll("a", a);
  AddAll("b", b);
  EXPECT_THAT(Models()[1], Not(HasSubstr("bootstrap")));
  Add("a", 10, 90.5);
  Add("b", 10, 90.5);
  EXPECT_THAT(Models()[1], AllOf(HasSubstr(", bootstrap [-"), HasSubstr("seeds 1 to 10 (n = 10)")));
}

// Holm: the smallest times three, the next times two, none smaller than the one before.
TEST_F(ModelFindingsTest, AdjustForTheNumberOfPairsAndNameTheFamily) {
  AddAll("a", {90, 91, 92});
  AddAll("b", {80, 81.5, 81.9});
  AddAll("c", {70, 71.6, 71.9});
  const double ab = OfThree(10, 9.5, 10.1).p, bc = OfThree(10, 9.9, 10).p,
               ac = OfThree(20, 19.4, 20.1).p;
  ASSERT_LT(bc, ac);
  ASSERT_LT(ac, ab);
  const auto findings = Models();
  ASSERT_EQ(findings.size(), 4u);
  const std::string family = " (Holm: pairs of models, 3 tests)";
  EXPECT_THAT(
      findings[1],
      AllOf(StartsWith("a beats b"),
            HasSubstr(fmt::format("p = {:.2g}{}", std::max({3 * bc, 2 * ac, ab}), family))));
  EXPECT_THAT(findings[2],
              AllOf(StartsWith("a beats c"),
                    HasSubstr(fmt::format("p = {:.2g}{}", std::max(3 * bc, 2 * ac), family))));
  EXPECT_THAT(findings[3], AllOf(StartsWith("b beats c"),
                                 HasSubstr(fmt::format("p = {:.2g}{}", 3 * bc, family))));
}

TEST_F(ModelFindingsTest, OfManyPairsTellWhatWasFound) {
  AddAll("best", {90, 91, 92});
  const std::vector<std::vector<double>> others = {
      {80, 81, 82.5}, {79, 81.9, 83}, {81, 80.5, 83.5}, {80.6, 82, 81}, {79.5, 81.4, 82.3}};
  for (std::size_t i = 0; i < others.size(); ++i) AddAll(std::string(1, char('a' + i)), others[i]);
  const auto findings = Models();
  ASSERT_EQ(findings.size(), 1u + 1 + 1);
  EXPECT_THAT(
      findings[1],
      AllOf(StartsWith("best beats a (+9.83 points ["),
            HasSubstr("paired by seeds 1, 2, 3 (n = 3) (Holm: pairs of models, 15 tests)")));
  const auto beaten = std::count(findings[1].begin(), findings[1].end(), '(') - 2;
  EXPECT_GE(beaten, 1);
  EXPECT_THAT(findings[2],
              StartsWith(fmt::format("The other {} of the 15 pairs are not distinguishable at "
                                     "n = 3: ",
                                     15 - beaten)));
}

TEST_F(ModelFindingsTest, OfManyPairsTellWhichAreEquivalent) {
  for (const char* label : {"a", "b", "c", "d", "e", "f"}) AddAll(label, {80, 81, 82.5});
  const auto findings = Models();
  ASSERT_EQ(findings.size(), 1u + 5);  // f is the second of all its pairs
  EXPECT_THAT(findings[1],
              StartsWith("a is equivalent within ±0.3 points (TOST) to b (+0.00 points ["));
  EXPECT_THAT(findings[5], StartsWith("e is equivalent within ±0.3 points (TOST) to f ("));
}

TEST_F(ModelFindingsTest, PairOnlySeedsThatAllModelsFinishedAndSayWhoIsLeftOut) {
  AddAll("batch", {90, 91, 92, 10});
  AddAll("layer", {80, 81.5, 81.9});
  Add("layer", 4, 99);
  arms_.back().state = "diverged";
  const auto findings = Models();
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_THAT(findings[0], HasSubstr("mean of seeds 1, 2, 3 "));
  EXPECT_THAT(findings[1], StartsWith("batch beats layer: +9.87"));
  EXPECT_EQ(findings[2],
            "Not counted in this comparison, which takes the seeds that all models finished: "
            "batch, seed 4 (finished); layer, seed 4 (diverged). 1 of the 8 trainings diverged.");
}

TEST_F(ModelFindingsTest, CountNoAccuracyThatIsNone) {
  AddAll("batch", {90, 91, 92});
  AddAll("layer", {80, 81.5, 81.9});
  Add("batch", 4, std::nan(""));
  Add("layer", 4, 1e308);
  EXPECT_THAT(Models()[1], StartsWith("batch beats layer: +9.87"));
}

TEST_F(ModelFindingsTest, OfOneSeedCompareTheNetworksAndNotTheMethods) {
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

// Both have misses that the record has lost: nothing is said of images.
TEST_F(ModelFindingsTest, SayNothingOfImagesWithoutTheMisses) {
  Add("batch", 5, 90);
  Add("layer", 5, 80);
  for (ArmRecord& arm : arms_) arm.errors_missing = true;
  EXPECT_EQ(Models().size(), 2u);
  EXPECT_THAT(ImageFindings(Run(), 10000), IsEmpty());
}

TEST_F(ModelFindingsTest, AreNoneWithoutTwoFinishedModels) {
  EXPECT_THAT(Models(), IsEmpty());
  AddAll("batch", {90, 91, 92});
  EXPECT_THAT(Models(), IsEmpty());
  Add("layer", 1, 50);
  arms_.back().state = "interrupted";
  EXPECT_THAT(Models(), IsEmpty());
}

TEST_F(ModelFindingsTest, CountTheMissesOfImages) {
  Add("batch", 1, 90);
  Add("batch", 2, 90);
  Add("layer", 1, 80);
  arms_[0].errors = {Miss(0, 0, 1), Miss(3, 0, 1), Miss(7, 1, 0)};
  arms_[1].errors = {Miss(3, 0, 2), Miss(8, 2, 0)};
  arms_[2].errors = {Miss(3, 0, 1), Miss(9, 2, 1)};
  EXPECT_THAT(
      ImageFindings(Run(), 10000),
      ElementsAre("Hardest classes, with the misses of all 3 trainings together: cat (4), owl (2), "
                  "dog (1).",
                  "Confused most, counted over all 3 trainings together: cat taken for dog (3), "
                  "cat taken for owl (1), dog taken for cat (1).",
                  "1 test image is missed by all 3 trainings: 3.",
                  "3 test images are missed by batch alone: 0, 7, 8.",
                  "1 test image is missed by layer alone: 9."));
  arms_[2].errors_missing = true;
  EXPECT_THAT(ImageFindings(Run(), 10000), AllOf(Contains(HasSubstr("misses of all 2 trainings")),
                                                 Not(Contains(HasSubstr("alone")))))
      << "the third may have missed them too";
}

TEST_F(ModelFindingsTest, OfImagesAreNoneWithoutAFinishedTraining) {
  EXPECT_THAT(ImageFindings(Run(), 10000), IsEmpty());
}

}  // namespace
}  // namespace normlab
