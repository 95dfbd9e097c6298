#include "report/findings/statistics_findings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "report/summary/statistics_quantities.h"
#include "small_run.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

// Seven epochs; the first two, which are not among the last five, are far off. Around its mean of
// the last five each kind goes up and down by a half.
void Add(ArmRecord& arm, StatisticsKind kind, double last_five) {
  for (int epoch = 1; epoch <= 7; ++epoch) {
    const double off = epoch <= 2 ? -30 : epoch == 5 ? 0 : epoch % 2 == 0 ? 0.5 : -0.5;
    arm.statistics.push_back({epoch, kind, 1, last_five + off});
  }
}

// shared at 70, and by how much each of the others is ahead of it.
ArmRecord Compared(const std::string& label, std::uint64_t seed, double per_application,
                   double reestimated_shared, double reestimated_per_application, double batch) {
  ArmRecord arm = SmallArm(label, seed, 12.34);  // which must not be used
  Add(arm, StatisticsKind::kShared, 70);
  Add(arm, StatisticsKind::kPerApplication, 70 + per_application);
  Add(arm, StatisticsKind::kReestimatedShared, 70 + reestimated_shared);
  Add(arm, StatisticsKind::kReestimatedPerApplication, 70 + reestimated_per_application);
  Add(arm, StatisticsKind::kBatch, 70 + batch);
  return arm;
}

std::string Figures(const OfThree& difference, double adjusted_p) {
  return fmt::format("{:+.2f} points [{:+.2f}, {:+.2f}], p = {:.2g}", difference.mean,
                     difference.low, difference.high, adjusted_p);
}

TEST(StatisticsFindings, TellEveryPairWithItsVerdict) {
  const RunRecord run = SmallRun({Compared("batch", 1, 1.00, 0.02, 1.5, -2.0),
                                  Compared("batch", 2, 1.10, -0.01, 0.9, -2.05),
                                  Compared("batch", 3, 1.05, 0.00, 1.3, -1.97)});
  const OfThree per_application(1.00, 1.10, 1.05), reestimated(0.5, -0.2, 0.25),
      shared(0.02, -0.01, 0.00), batch(-2.0, -2.05, -1.97);
  // Holm by hand, over the four p-values in ascending order.
  ASSERT_TRUE(batch.p < per_application.p && per_application.p < reestimated.p &&
              reestimated.p < shared.p);
  const double p1 = 4 * batch.p, p2 = std::max(p1, 3 * per_application.p),
               p3 = std::max(p2, 2 * reestimated.p), p4 = std::max(p3, shared.p);
  // Of the equivalence tests only that of the shared ones has a small p, four times which is left.
  const double equivalence = 4 * shared.Equivalence(0.3);
  EXPECT_THAT(
      StatisticsFindings(run, 10000),
      ElementsAre(fmt::format(
          "batch, seeds 1, 2, 3 (n = 3), mean test accuracy of the last five epochs, on the same "
          "weights: running per application is better than running shared: {}; re-estimated per "
          "application and running per application are not distinguishable at n = 3: {}; "
          "re-estimated shared and running shared are equivalent within ±0.3 points (TOST p = "
          "{:.2g}): {}; each test batch's own is worse than running shared: {} (Holm: statistics "
          "of the same weights, 4 tests).",
          Figures(per_application, p2), Figures(reestimated, p3), equivalence, Figures(shared, p4),
          Figures(batch, p1))));
}

// A network without a repeated unit has two pairs, and they count in the family of all models.
TEST(StatisticsFindings, TakeAllModelsForOneFamilyAndOnlyThePairsThatThereAre) {
  std::vector<ArmRecord> arms;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    arms.push_back(Compared("c4", seed, 1, 0.1 * static_cast<double>(seed), 1, 1));
    ArmRecord plain = SmallArm("plain", seed, 50);
    Add(plain, StatisticsKind::kShared, 70);
    Add(plain, StatisticsKind::kReestimatedShared, 70);
    Add(plain, StatisticsKind::kBatch, 70.2);
    arms.push_back(plain);
    arms.push_back(SmallArm("layer", seed, 80));
  }
  const std::vector<std::string> sentences = StatisticsFindings(SmallRun(arms), 10000);
  ASSERT_THAT(sentences, SizeIs(2));
  EXPECT_THAT(sentences[0], AllOf(StartsWith("c4, "), HasSubstr("running per application is"),
                                  EndsWith(" (Holm: statistics of the same weights, 6 tests).")));
  EXPECT_THAT(sentences[1],
              AllOf(StartsWith("plain, "), Not(HasSubstr("per application")),
                    HasSubstr("each test batch's own is better than running shared: +0.20"),
                    EndsWith(" (Holm: statistics of the same weights, 6 tests).")));
}

TEST(StatisticsFindings, TestNothingBelowThreeSeeds) {
  const std::vector<ArmRecord> arms = {Compared("batch", 4, 1.25, 0, 1.5, -2),
                                       Compared("batch", 5, 1.75, 0, 1.5, -2)};
  EXPECT_THAT(StatisticsFindings(SmallRun({arms[0]}), 10000),
              ElementsAre("batch, seed 4 (n = 1), mean test accuracy of the last five epochs, on "
                          "the same weights: running per application against running shared: "
                          "+1.25 points; re-estimated per application against running per "
                          "application: +0.25 points; re-estimated shared against running shared: "
                          "+0.00 points; each test batch's own against running shared: -2.00 "
                          "points. With n = 1 nothing is tested: this is what was measured on one "
                          "training, and no more."));
  // The 97.5 % quantile of Student's t with one degree of freedom is tan(0.475 pi), and the error
  // of the mean of two is half their distance.
  const double half = std::tan(0.475 * M_PI) * 0.25;
  EXPECT_THAT(StatisticsFindings(SmallRun(arms), 10000),
              ElementsAre(AllOf(
                  HasSubstr(fmt::format("running per application against running shared: +1.50 "
                                        "points [{:+.2f}, {:+.2f}]; ",
                                        1.5 - half, 1.5 + half)),
                  EndsWith("With n = 2 nothing is tested: this is what was measured on these "
                           "trainings, and no more."))));
}

TEST(StatisticsFindings, CountOnlyFinishedTrainingsThatWereCompared) {
  std::vector<ArmRecord> arms = {Compared("batch", 1, 1, 0, 1, 1), Compared("batch", 2, 1, 0, 1, 1),
                                 SmallArm("batch", 3, 76)};
  arms[1].state = "diverged";
  EXPECT_THAT(StatisticsFindings(SmallRun(arms), 10000),
              ElementsAre(StartsWith("batch, seed 1 (")));
  EXPECT_THAT(StatisticsFindings(SmallRun({SmallArm("batch", 3, 76)}), 10000), IsEmpty());
  EXPECT_THAT(StatisticsFindings(SmallRun({}), 10000), IsEmpty());
}

TEST(StatisticsFindings, SayWhereThereAreFewerThanFiveEpochs) {
  ArmRecord arm = SmallArm("batch", 1, 50);
  for (const StatisticsKind kind :
       {StatisticsKind::kShared, StatisticsKind::kReestimatedShared, StatisticsKind::kBatch}) {
    for (int epoch = 1; epoch <= 2; ++epoch) {
      arm.statistics.push_back(
          {epoch, kind, 1, 50.0 + epoch * (kind == StatisticsKind::kBatch ? 2 : 1)});
    }
  }
  EXPECT_THAT(StatisticsFindings(SmallRun({arm}), 10000),
              ElementsAre(AllOf(HasSubstr("mean test accuracy of all epochs, fewer than five, "),
                                HasSubstr("each test batch's own against running shared: +1.50"))));
}

TEST(StatisticsFindings, OfManyModelsTellThoseOfWhichAnythingIsFound) {
  std::vector<ArmRecord> arms;
  for (int model = 1; model <= 11; ++model) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const double noise = static_cast<double>(seed) - 2;
      arms.push_back(model == 4 ? Compared("found", seed, 9 + 0.001 * noise, noise, noise, -noise)
                                : Compared(fmt::format("model{}", model), seed, noise, -noise,
                                           2.1 * noise, 3 * noise));
    }
  }
  EXPECT_THAT(
      StatisticsFindings(SmallRun(arms), 10000),
      ElementsAre(StartsWith("found, seeds"),
                  "Between the statistics of the other 10 of the 11 models nothing is found "
                  "(Holm: statistics of the same weights, 44 tests)."));
  std::erase_if(arms, [](const ArmRecord& arm) { return arm.seed > 2; });
  EXPECT_THAT(StatisticsFindings(SmallRun(arms), 10000),
              ElementsAre("With fewer than 3 seeds nothing is tested between the statistics of the "
                          "11 models."));
}

std::vector<StatisticsScore> Accuracies(const std::vector<double>& values) {
  std::vector<StatisticsScore> rows;
  for (const double value : values) {
    rows.push_back({static_cast<int>(rows.size()) + 1, StatisticsKind::kBatch, value / 10, value});
  }
  return rows;
}

double Of(std::string_view name, const std::vector<StatisticsScore>& rows) {
  return std::ranges::find(StatisticsQuantities(), name, &StatisticsQuantity::name)->value(rows);
}

TEST(StatisticsQuantities, ByHand) {
  // Fourteen epochs: of the jitter the changes into the fifth to the fourteenth count, which are
  // 12, 1, 3, 1, 0, 2, 5, 1, 1, 4.
  const auto rows = Accuracies({0, 90, 3, 30, 42, 41, 44, 43, 43, 45, 50, 49, 50, 46});
  EXPECT_DOUBLE_EQ(Of("jitter", rows), 30.0 / 10);
  EXPECT_DOUBLE_EQ(Of("last_epochs_test_accuracy", rows), 240.0 / 5);
  EXPECT_DOUBLE_EQ(Of("final_test_accuracy", rows), 46);
  EXPECT_DOUBLE_EQ(Of("final_test_loss", rows), 4.6);
  EXPECT_DOUBLE_EQ(Of("jitter", Accuracies({40, 42, 39})), 2.5);
  EXPECT_DOUBLE_EQ(Of("last_epochs_test_accuracy", Accuracies({40, 42, 38})), 40);
  EXPECT_TRUE(std::isnan(Of("jitter", Accuracies({40}))));
  EXPECT_DOUBLE_EQ(Of("last_epochs_test_accuracy", Accuracies({40})), 40);
}

}  // namespace
}  // namespace normlab
