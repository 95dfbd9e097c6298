#include "report/findings/penalty_findings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_run.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class PenaltyFindingsTest : public testing::Test {
 protected:
  // Seeds 1, 2, 3, ... of one model.
  void Add(const std::string& norm, const std::string& l1, const std::string& l2,
           const std::vector<double>& test, const std::vector<double>& train = {}) {
    for (std::size_t i = 0; i < test.size(); ++i) {
      ArmRecord arm = SmallArm(fmt::format("{} (l1 = {}, l2 = {})", norm, l1, l2), i + 1, test[i]);
      arm.settings = {{"norm", norm},
                      {"l1", l1},
                      {"l2", l2},
                      {"seed", fmt::to_string(i + 1)},
                      {"batch_size", "64"}};
      if (!train.empty()) AddCleanAccuracy(arm, train[i]);
      arms_.push_back(std::move(arm));
    }
  }
  std::vector<std::string> Sentences() { return PenaltyFindings(SmallRun(arms_), 10000); }

  std::vector<ArmRecord> arms_;
};

std::string Words(const OfThree& hand, double p) {
  return fmt::format("{:+.2f} points [{:+.2f}, {:+.2f}], p = {:.2g}", hand.mean, hand.low,
                     hand.high, p);
}

TEST_F(PenaltyFindingsTest, TellTheChangeOfAllThreeQuantities) {
  Add("batch", "0", "0", {76, 77, 78}, {80, 82, 81});
  Add("batch", "0", "0.001", {74, 75.2, 75.9}, {74, 77, 76});
  const OfThree test(-2, -1.8, -2.1), train(-6, -5, -5), gap(-4, -3.2, -2.9);
  // Holm: three tests, the smallest times three, the next times two.
  ASSERT_LT(test.p, train.p);
  ASSERT_LT(train.p, gap.p);
  EXPECT_THAT(
      Sentences(),
      ElementsAre(fmt::format(
          "batch (l1 = 0, l2 = 0.001) against batch (l1 = 0, l2 = 0), paired by seeds 1, 2, 3 "
          "(n = 3): final test accuracy lowered: {}; clean train accuracy lowered: {}; train-test "
          "gap narrowed: {} (Holm: penalties within one normalization, 3 tests).",
          Words(test, 3 * test.p), Words(train, std::max(3 * test.p, 2 * train.p)),
          Words(gap, std::max({3 * test.p, 2 * train.p, gap.p})))));
}

TEST_F(PenaltyFindingsTest, TellAChangeThatIsNotShownAsSuch) {
  Add("batch", "0", "0", {76, 77, 78});
  Add("batch", "0.001", "0", {76.5, 76.4, 78.3});
  const OfThree test(0.5, -0.6, 0.3);
  EXPECT_THAT(Sentences(),
              ElementsAre(fmt::format("batch (l1 = 0.001, l2 = 0) against batch (l1 = 0, l2 = 0), "
                                      "paired by seeds 1, 2, 3 (n = 3): final test accuracy "
                                      "without a change that is shown: {}.",
                                      Words(test, test.p))));
}

TEST_F(PenaltyFindingsTest, TestNothingBelowThreeSeeds) {
  Add("batch", "0", "0", {76, 77});
  Add("batch", "0", "0.001", {70, 71});
  EXPECT_THAT(Sentences(),
              ElementsAre(AllOf(HasSubstr("seeds 1, 2 (n = 2): final test accuracy -6.00 points"),
                                HasSubstr("With n = 2 nothing is tested"), Not(HasSubstr("p =")),
                                Not(HasSubstr("lowered")))));
}

TEST_F(PenaltyFindingsTest, CompareOnlyWhatDiffersInThePenaltiesAlone) {
  Add("batch", "0", "0", {76, 77, 78});
  Add("layer", "0", "0.001", {70, 71, 72.5});
  EXPECT_THAT(Sentences(), IsEmpty()) << "another normalization";
  arms_.back().settings["norm"] = "batch";
  arms_[3].settings["norm"] = arms_[4].settings["norm"] = "batch";
  EXPECT_EQ(Sentences().size(), 1u);
  for (std::size_t i = 3; i < 6; ++i) arms_[i].settings["batch_size"] = "128";
  EXPECT_THAT(Sentences(), IsEmpty()) << "another batch size";
}

TEST_F(PenaltyFindingsTest, SayNothingWithoutRecordedSettingsOrNumbersInThem) {
  Add("batch", "0", "0", {76, 77, 78});
  Add("batch", "0", "0.001", {70, 71, 72.5});
  const std::vector<ArmRecord> whole = arms_;
  for (const char* broken : {"", "x", "0.001x", "-1", "nan", "inf", "1e999"}) {
    arms_ = whole;
    for (std::size_t i = 3; i < 6; ++i) arms_[i].settings["l2"] = broken;
    EXPECT_THAT(Sentences(), IsEmpty()) << broken;
  }
  for (ArmRecord& arm : arms_) arm.settings.clear();
  EXPECT_THAT(Sentences(), IsEmpty());
}

// The clean accuracy of one training is missing, or of another number of images: the gap of the
// others would be of other seeds.
TEST_F(PenaltyFindingsTest, LeaveTheGapOutWhereItIsNotRecordedInAll) {
  Add("batch", "0", "0", {76, 77, 78}, {80, 82, 81});
  Add("batch", "0", "0.001", {74, 75.2, 75.9}, {74, 77, 76});
  arms_[1].last->clean_train_images = 5000;
  EXPECT_THAT(Sentences(), ElementsAre(Not(HasSubstr("gap"))));
  arms_[1].last.reset();
  EXPECT_THAT(Sentences(), ElementsAre(AllOf(HasSubstr("final test accuracy lowered"),
                                             Not(HasSubstr("clean")))));
}

// Levels of l1: 0, 0.002; of l2: 0, 0.001. The main effect of l1 is, by seed, the mean of
// (0.002, 0) - (0, 0) and (0.002, 0.001) - (0, 0.001).
TEST_F(PenaltyFindingsTest, TellTheMainEffectsOfACompleteGrid) {
  Add("batch", "0", "0", {76, 77, 78});
  Add("batch", "0", "0.001", {76.3, 77.1, 78.2});
  Add("batch", "0.002", "0", {74, 75.2, 75.9});
  Add("batch", "0.002", "0.001", {74.1, 75.0, 76.4});
  const OfThree l1((-2 - 2.2) / 2, (-1.8 - 2.1) / 2, (-2.1 - 1.8) / 2),
      l2((0.3 + 0.1) / 2, (0.1 - 0.2) / 2, (0.2 + 0.5) / 2);
  const auto sentences = Sentences();
  ASSERT_EQ(sentences.size(), 3u + 2);
  EXPECT_EQ(sentences[3],
            fmt::format("batch: l1 = 0.002 against l1 = 0, averaged over l2 = 0, 0.001, paired by "
                        "seeds 1, 2, 3 (n = 3): final test accuracy lowered: {} (Holm: main "
                        "effects of l1 and l2, 2 tests).",
                        Words(l1, 2 * l1.p)));
  EXPECT_EQ(sentences[4],
            fmt::format("batch: l2 = 0.001 against l2 = 0, averaged over l1 = 0, 0.002, paired by "
                        "seeds 1, 2, 3 (n = 3): final test accuracy without a change that is "
                        "shown: {} (Holm: main effects of l1 and l2, 2 tests).",
                        Words(l2, l2.p)));
}

TEST_F(PenaltyFindingsTest, TellNoMainEffectsOfAGridWithAHole) {
  Add("batch", "0", "0", {76, 77, 78});
  Add("batch", "0", "0.001", {76.3, 77.1, 78.2});
  Add("batch", "0.002", "0", {74, 75.2, 75.9});
  EXPECT_EQ(Sentences().size(), 2u);
  for (const std::string& sentence : Sentences()) EXPECT_THAT(sentence, Not(HasSubstr("averaged")));
}

TEST_F(PenaltyFindingsTest, TellNoMainEffectsWherePenaltiesActOnOtherParameters) {
  Add("batch", "0", "0", {76, 77, 78});
  Add("batch", "0", "0.001", {76.3, 77.1, 78.2});
  Add("batch", "0.002", "0", {74, 75.2, 75.9});
  Add("batch", "0.002", "0.001", {74.1, 75.0, 76.4});
  for (ArmRecord& arm : arms_) arm.settings["l1_on"] = "all";
  EXPECT_EQ(Sentences().size(), 5u);
  for (std::size_t i = 9; i < 12; ++i) arms_[i].settings["l1_on"] = "conv";
  EXPECT_EQ(Sentences().size(), 3u);
}

// Twelve comparisons of which one shows a change.
TEST_F(PenaltyFindingsTest, OfManyComparisonsTellThoseThatShowAChange) {
  Add("batch", "0", "0", {76, 77, 78});
  for (int i = 1; i <= 11; ++i) {
    Add("batch", "0", fmt::format("0.{:03}", i), {76.5, 76.4, 78.3});
  }
  Add("batch", "0", "0.9", {46, 47.01, 47.99});
  const auto sentences = Sentences();
  ASSERT_EQ(sentences.size(), 2u);
  EXPECT_THAT(sentences[0], StartsWith("batch (l1 = 0, l2 = 0.9) against"));
  EXPECT_EQ(sentences[1],
            "1 of the 12 comparisons of penalties within one normalization show a change of the "
            "final test accuracy, the clean train accuracy or the gap (Holm: penalties within one "
            "normalization, 12 tests).");
}

TEST_F(PenaltyFindingsTest, OfManyComparisonsOfFewSeedsClaimNeitherChangeNorNone) {
  Add("batch", "0", "0", {76, 77});
  for (int i = 1; i <= 11; ++i) Add("batch", "0", fmt::format("0.{:03}", i), {70, 71});
  EXPECT_THAT(Sentences(), ElementsAre("With fewer than 3 seeds in common none of the 11 "
                                       "comparisons of penalties within one normalization is "
                                       "tested."));
}

}  // namespace
}  // namespace normlab
