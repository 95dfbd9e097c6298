// What each section of the findings says first.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "report/findings/findings.h"
#include "report/findings/gap_findings.h"
#include "report/findings/image_findings.h"
#include "report/findings/layer_findings.h"
#include "report/findings/model_findings.h"
#include "report/findings/penalty_findings.h"
#include "report/findings/speed_findings.h"
#include "small_run.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

using Accuracies = std::vector<std::pair<std::string, std::vector<double>>>;

RunRecord Study(const Accuracies& models) {
  std::vector<ArmRecord> arms;
  for (const auto& [label, accuracies] : models) {
    for (std::size_t i = 0; i < accuracies.size(); ++i) {
      arms.push_back(SmallArm(label, i + 1, accuracies[i]));
    }
  }
  return SmallRun(std::move(arms));
}

Answer ModelsOf(const Accuracies& models) { return ModelAnswer(Study(models), 10000); }

TEST(ModelAnswer, OfTwoSaysWhichByHowMuchAndHowSure) {
  const OfThree hand(10, 9.5, 10.1);
  EXPECT_EQ(ModelsOf({{"layer", {80, 81.5, 81.9}}, {"batch", {90, 91, 92}}}).meaning,
            fmt::format("batch is better than layer, by {:.2f} points of test accuracy (between "
                        "{:.2f} and {:.2f} with 95 % confidence; 3 seeds; p = {:.2g}).",
                        hand.mean, hand.low, hand.high, hand.p));
  EXPECT_EQ(ModelsOf({{"batch", {90, 91, 92}}, {"layer", {90.03, 90.98, 92.01}}}).meaning,
            "layer and batch are as good as each other, to within 0.3 points of test accuracy (3 "
            "seeds).");
  EXPECT_EQ(ModelsOf({{"batch", {90, 91, 92}}, {"layer", {90.5, 90.4, 92.3}}}).meaning,
            "3 seeds cannot tell layer from batch: they lie 0.07 points of test accuracy apart.");
}

TEST(ModelAnswer, OfSeveralNamesTheBestOrThatThereIsNone) {
  const Answer best =
      ModelsOf({{"none", {70, 71.1, 71.9}}, {"batch", {90, 91, 92}}, {"layer", {80.1, 81, 81.9}}});
  EXPECT_THAT(best.meaning, AllOf(StartsWith("batch is the best of the 3 models: it is ahead of "
                                             "layer, the next, by 10.00 points"),
                                  HasSubstr("3 seeds")));
  EXPECT_THAT(best.table,
              ElementsAre(AllOf(SizeIs(6), testing::Contains("against batch, points")),
                          AllOf(testing::Contains("batch"), testing::Contains("highest")),
                          AllOf(testing::Contains("layer"), testing::Contains("behind")),
                          AllOf(testing::Contains("none"), testing::Contains("behind"))));
  EXPECT_EQ(
      ModelsOf({{"a", {90, 91, 92}}, {"b", {90.5, 90.4, 92.3}}, {"c", {91, 90, 92.2}}}).meaning,
      "3 seeds show no model to be better than another: the means of the 3 lie between 91.00 "
      "and 91.07 % test accuracy, and the surest difference has p = 1.");
  const OfThree far(30.5, 29.4, 30), near(30, 30, 29.7);  // b and a against c
  EXPECT_EQ(
      ModelsOf({{"a", {90, 91, 92}}, {"b", {90.5, 90.4, 92.3}}, {"c", {60, 61, 62.3}}}).meaning,
      fmt::format("b has the highest test accuracy, 91.07 %, and is better than c, by "
                  "{:.2f} points of test accuracy (between {:.2f} and {:.2f} with 95 % "
                  "confidence; 3 seeds; p = {:.2g}); 3 seeds cannot tell it from a.",
                  far.mean, far.low, far.high, std::max(3 * near.p, 2 * far.p)));
}

// What is wrong with one model is said of it, once: no other is said to beat it.
TEST(ModelAnswer, LeavesOutWhatNeverLeftChance) {
  const RunRecord run =
      Study({{"batch", {90, 91, 92}}, {"instance", {33, 33.5, 33.2}}, {"layer", {80, 81.5, 81.9}}});
  const auto findings = Findings(run, 10000);
  EXPECT_EQ(findings[0].answer.meaning,
            "instance learned nothing: no better than guessing at any epoch.");
  EXPECT_THAT(findings[1].answer.meaning, StartsWith("batch is better than layer, by"));
  EXPECT_THAT(findings[1].answer.table.back()[0], "instance (never left chance)");
  int named = 0;
  for (const FindingSection& section : findings) {
    for (const std::string& sentence : section.sentences) {
      named += sentence.find("instance") != std::string::npos;
    }
  }
  EXPECT_EQ(named, 1);
  EXPECT_EQ(FirstAnswer(findings), findings[1].answer.meaning + " " + findings[0].answer.meaning);
}

TEST(ModelAnswer, OfOneModelThatLearnedSaysSo) {
  EXPECT_EQ(ModelsOf({{"batch", {90, 91, 92}}, {"instance", {33, 33.5, 33.2}}}).meaning,
            "batch is the only model that learned anything: 91.00 % test accuracy.");
  EXPECT_EQ(ModelsOf({{"a", {33, 33, 33}}, {"b", {33, 33, 33}}}).meaning, "");
}

TEST(ModelAnswer, OfFewSeedsSaysNothingOfTheMethods) {
  const Answer one = ModelsOf({{"batch", {90}}, {"layer", {91}}});
  EXPECT_THAT(one.meaning, AllOf(StartsWith("1 seed tells nothing of the methods"),
                                 HasSubstr("of these networks layer"), Not(HasSubstr("better"))));
  EXPECT_THAT(one.table, ElementsAre(SizeIs(2), SizeIs(2), SizeIs(2)));
  EXPECT_THAT(ModelsOf({{"batch", {90, 91}}, {"layer", {91, 92}}}).table[1], SizeIs(3));
  EXPECT_EQ(ModelsOf({{"batch", {90, 91, 92}}}).meaning, "") << "nothing to compare";
}

TEST(ModelAnswer, OfManyModelsShowsTheFirst) {
  Accuracies models;
  for (int i = 0; i < 15; ++i) {
    models.push_back({fmt::format("m{}", i), {90.0 - i, 91.3 - i, 92.1 - i}});
  }
  const Answer answer = ModelsOf(models);
  EXPECT_EQ(answer.table.size(), 1 + kMostAnswerRows);
  EXPECT_EQ(answer.table.back()[0], "and 6 more");
}

TEST(ChanceAnswer, NamesSomeTrainingsToo) {
  const auto findings = Findings(Study({{"a", {33, 90, 91}}, {"b", {33, 33, 33}}}), 10000);
  EXPECT_EQ(findings[0].answer.meaning,
            "b learned nothing: no better than guessing at any epoch; nor did a in 1 of 3 "
            "trainings.");
}

TEST(GapAnswer, NamesTheWidestAndWhetherItIsShown) {
  RunRecord run = Study({{"batch", {76, 78, 76.6}}, {"layer", {77, 75.6, 77.5}}});
  const double train[] = {80, 82.5, 81, 79, 78, 80};
  for (std::size_t i = 0; i < 6; ++i) AddCleanAccuracy(run.arms[i], train[i]);
  const Answer answer = GapAnswer(run, 10000);
  EXPECT_EQ(answer.meaning,
            "batch gets 4.30 points more of its training images right than of the test images, "
            "layer 2.30 points more; the two differ.");
  EXPECT_THAT(answer.table[1], ElementsAre("batch", "81.17", "76.87", "+4.30", StartsWith("[+")));
  for (std::size_t i = 3; i < 6; ++i) run.arms[i].last->clean_train_accuracy += 2;
  EXPECT_THAT(GapAnswer(run, 10000).meaning, HasSubstr("no gap is shown to differ"));
}

TEST(PenaltyAnswer, CountsWhatIsShown) {
  RunRecord run =
      Study({{"batch (l2 = 0)", {76, 77, 78}}, {"batch (l2 = 0.001)", {74, 75.2, 75.9}}});
  for (ArmRecord& arm : run.arms) {
    const bool plain = arm.label == "batch (l2 = 0)";
    arm.settings = {{"norm", "batch"}, {"l1", "0"}, {"l2", plain ? "0" : "0.001"}};
  }
  const Answer answer = PenaltyAnswer(run, 10000);
  EXPECT_EQ(answer.meaning,
            "Of the one penalized model, against the same model without penalties: 1 with a lower "
            "final test accuracy.");
  const OfThree change(-2, -1.8, -2.1);
  EXPECT_THAT(answer.table[1], ElementsAre("batch (l2 = 0.001) against batch (l2 = 0)",
                                           fmt::format("-1.97 ({:.2g})", change.p), "-", "-"));
  run.arms[5].metrics.back().test_accuracy = 79;
  EXPECT_THAT(PenaltyAnswer(run, 10000).meaning, StartsWith("Penalties changed no accuracy"));
  run.arms.pop_back();
  EXPECT_THAT(PenaltyAnswer(run, 10000).meaning, HasSubstr("three seeds or more"));
}

TEST(LayerAnswer, SaysUnderWhichModelLayersAreAlike) {
  RunRecord run = Study({{"none", {76}}, {"batch", {76}}});
  const auto row = [](int epoch, const char* layer, double before, double after, double gradient) {
    LayerStatistics one;
    one.epoch = epoch;
    one.layer = layer;
    one.application = 1;
    one.deviation_before = before;
    one.deviation_after = after;
    one.gradient_norm = gradient;
    one.running_mean_distance = one.running_variance_distance = NAN;
    return one;
  };
  run.arms[0].layers = {row(1, "C1", 3, 3, 6), row(1, "C2", 0.5, 0.5, 2), row(4, "C1", 4, 4, 8),
                        row(4, "C2", 0.25, 0.25, 0)};
  run.arms[1].layers = {row(1, "C1", 3, 1, 4), row(1, "C2", 2, 1.2, 2), row(4, "C1", 6, 1, 4),
                        row(4, "C2", 2, 1.5, 2)};
  const Answer answer = LayerAnswer(run, 10000);
  EXPECT_EQ(answer.meaning,
            "Layers are most alike under batch, where the widest activations of a layer are 1.5 "
            "times the narrowest at the end, epoch 4, and least under none, 16 times.");
  EXPECT_THAT(answer.table,
              ElementsAre(SizeIs(5), ElementsAre("none", "6 times", "16 times", "3 times", "-"),
                          ElementsAre("batch", "1.2 times", "1.5 times", "2 times", "2 times")));
}

TEST(ImageAnswer, NamesTheHardestClassAndWhatAllMiss) {
  RunRecord run = Study({{"batch", {90, 90}}, {"instance", {33, 33}}});
  run.arms[0].errors = {{.index = 0, .truth = 0, .prediction = 1},
                        {.index = 3, .truth = 0, .prediction = 2},
                        {.index = 7, .truth = 1, .prediction = 0}};
  run.arms[1].errors = {{.index = 3, .truth = 0, .prediction = 2}};
  run.arms[2].errors = {{.index = 8, .truth = 2, .prediction = 0}};
  const Answer answer = ImageAnswer(run, 10000);
  EXPECT_EQ(answer.meaning,
            "cat is the hardest class, taken most often for owl; 1 test image is missed by all 2 "
            "trainings.");
  EXPECT_THAT(answer.table, ElementsAre(testing::_, ElementsAre("cat", "3", "owl", "2"),
                                        ElementsAre("dog", "1", "cat", "1")));
}

TEST(SpeedAnswer, ComparesWhatRanUnderOneClock) {
  RunRecord run = Study({{"batch", {90}}, {"layer", {90}}});
  EXPECT_EQ(SpeedAnswer(run).meaning, "");
  for (ArmRecord& arm : run.arms) {
    arm.metrics.front().seconds = arm.label == "batch" ? 4 : 2;
    arm.metrics.front().images_per_second = 1000 / arm.metrics.front().seconds;
    EpochSplit split;
    split.threads = 2;
    split.trainings = 1;
    arm.splits = {{1, split}};
  }
  const Answer answer = SpeedAnswer(run);
  EXPECT_EQ(answer.meaning,
            "layer trains fastest, 2.00 seconds an epoch; batch takes 2.00 times as long (one "
            "training at a time on 2 threads).");
  EXPECT_THAT(answer.table[2], ElementsAre("batch", "4.00", "250", "2.00"));
}

TEST(Answers, EveryTableHasRowsOfOneWidth) {
  RunRecord run =
      Study({{"batch", {90, 91, 92}}, {"layer", {80, 81.5, 81.9}}, {"c", {33, 33, 33}}});
  for (ArmRecord& arm : run.arms) AddCleanAccuracy(arm, 95);
  for (const FindingSection& section : Findings(run, 10000)) {
    for (const auto& row : section.answer.table) {
      EXPECT_EQ(row.size(), section.answer.table.front().size()) << section.title;
    }
  }
}

}  // namespace
}  // namespace normlab
