#include "report/findings/layer_findings.h"

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

LayerStatistics Row(int epoch, const std::string& layer, double before, double after,
                    double gradient, int application = 1) {
  LayerStatistics row;
  row.epoch = epoch;
  row.layer = layer;
  row.application = application;
  row.deviation_before = before;
  row.deviation_after = after;
  row.gradient_norm = gradient;
  row.running_mean_distance = row.running_variance_distance = NAN;
  return row;
}

ArmRecord WithLayers(const std::string& label, std::uint64_t seed,
                     std::vector<LayerStatistics> layers) {
  ArmRecord arm = SmallArm(label, seed, 76);
  arm.layers = std::move(layers);
  return arm;
}

// The last unit is bare: its values, the largest, are not among those compared. batch is the mean
// of two seeds: C1 at epoch 1 (3 + 5) / 2 = 4 before, (1 + 2) / 2 = 1.5 after.
TEST(LayerFindings, CompareTheSameLayersWithAndWithoutNormalization) {
  const RunRecord run = SmallRun(
      {WithLayers("none", 1,
                  {Row(1, "C1", 3, 3, 6), Row(1, "C2", 0.5, 0.5, 2), Row(1, "c3", 90, 90, 1),
                   Row(5, "C1", 4, 4, 8), Row(5, "C2", 0.25, 0.25, 2), Row(5, "c3", 99, 99, 4)}),
       WithLayers("batch", 1,
                  {Row(1, "C1", 3, 1, 4), Row(1, "C2", 2, 1.2, 2), Row(1, "c3", 9, 9, 2),
                   Row(5, "C1", 6, 1, 4), Row(5, "C2", 2, 1.1, 2), Row(5, "c3", 9, 9, 1)}),
       WithLayers("batch", 2,
                  {Row(1, "C1", 5, 2, 8), Row(1, "C2", 2, 1.2, 2), Row(1, "c3", 9, 9, 2),
                   Row(5, "C1", 6, 1, 4), Row(5, "C2", 3, 1.1, 2), Row(5, "c3", 9, 9, 1)})});
  EXPECT_THAT(
      LayerFindings(run),
      ElementsAre(
          "Standard deviation of the activations that a layer passes on, smallest to largest over "
          "2 layers, last training batch: none (seed 1, n = 1) at epoch 1 0.5 (C2) to 3 (C1), not "
          "normalized, at epoch 5 0.25 (C2) to 4 (C1), not normalized; batch (seeds 1, 2, n = 2) "
          "at epoch 1 1.2 (C2) to 1.5 (C1), before normalization 2 (C2) to 4 (C1), at epoch 5 1 "
          "(C1) to 1.1 (C2), before normalization 2.5 (C2) to 6 (C1).",
          "Largest over smallest gradient norm of a layer's convolution weights, last training "
          "batch: none (seed 1, n = 1) at epoch 1 6 times (1 (c3) to 6 (C1)), at epoch 5 4 times "
          "(2 (C2) to 8 (C1)); batch (seeds 1, 2, n = 2) at epoch 1 3 times (2 (C2) to 6 (C1)), at "
          "epoch 5 4 times (1 (c3) to 4 (C1))."));
}

TEST(LayerFindings, NameTheLayersFarthestFromTheRunningStatistics) {
  std::vector<LayerStatistics> layers;
  const double distances[][2] = {{0.1, 0.2}, {0.7, 0.1}, {0.05, 0.06}, {0.1, 0.9}};
  for (int i = 0; i < 4; ++i) {
    layers.push_back(Row(3, i < 3 ? fmt::format("C{}", i + 1) : "C3", 2, 1, 1, i < 3 ? 1 : 2));
    layers.back().running_mean_distance = distances[i][0];
    layers.back().running_variance_distance = distances[i][1];
  }
  layers.push_back(Row(3, "C9", 2, 2, 1));
  const auto sentences = LayerFindings(SmallRun({WithLayers("batch", 1, layers)}));
  ASSERT_EQ(sentences.size(), 3u);
  EXPECT_EQ(sentences[2],
            "batch (seed 1, n = 1): the layers whose batch statistics were farthest from the "
            "running ones at the last training batch of epoch 3, of 4 with running statistics: C3 "
            "(use 2) (mean 0.1, variance 0.9), C2 (mean 0.7, variance 0.1), C1 (mean 0.1, variance "
            "0.2).");
}

TEST(LayerFindings, TellADivergedModelOnlyWhereNoSeedFinished) {
  RunRecord run = SmallRun({WithLayers("none", 1, {Row(1, "C1", 3, 3, 0)}),
                            WithLayers("none", 2, {Row(1, "C1", 5, 5, 2)})});
  run.arms[0].state = "diverged";
  EXPECT_THAT(LayerFindings(run)[0], HasSubstr("none (seed 2, n = 1) at epoch 1 5 (C1) to 5 (C1)"));
  run.arms[1].state = "diverged";
  EXPECT_THAT(LayerFindings(run)[0],
              HasSubstr("none (seeds 1, 2, n = 2, diverged) at epoch 1 4 (C1) to 4 (C1)"));
  run.arms.resize(1);
  EXPECT_THAT(LayerFindings(run)[1], HasSubstr("at epoch 1 0 (C1) to 0 (C1).")) << "no ratio to 0";
}

// Only epochs and layers that all of a model's trainings have.
TEST(LayerFindings, LeaveOutWhatIsNotRecordedInAllSeeds) {
  RunRecord run =
      SmallRun({WithLayers("batch", 1,
                           {Row(1, "C1", 3, 1, 1), Row(1, "C2", 3, 1, 1), Row(2, "C1", 3, 1, 1)}),
                WithLayers("batch", 2, {Row(1, "C1", 3, 1, 1), Row(1, "C2", NAN, 1, 1)})});
  EXPECT_THAT(LayerFindings(run)[0], AllOf(HasSubstr("over 1 layer,"), HasSubstr("at epoch 1 "),
                                           Not(HasSubstr("epoch 2"))));
  run.arms[1].layers[0].epoch = 9;
  EXPECT_THAT(LayerFindings(run), IsEmpty());
}

TEST(LayerFindings, OfManyModelsTellTheFirstOfEveryNormalization) {
  RunRecord run;
  for (int i = 0; i < 9; ++i) {
    run.arms.push_back(WithLayers(fmt::format("{} ({})", i < 5 ? "batch" : "layer", i), 1,
                                  {Row(1, "C1", 3, 1, 1)}));
  }
  const auto sentences = LayerFindings(run);
  EXPECT_THAT(sentences[0],
              AllOf(HasSubstr("batch (0)"), HasSubstr("layer (5)"), Not(HasSubstr("batch (1)"))));
  EXPECT_EQ(sentences.back(),
            "Of the 9 models with records of their layers the first of every normalization is "
            "told.");
}

TEST(LayerFindings, AreNoneWithoutRecords) {
  EXPECT_THAT(LayerFindings(SmallRun({SmallArm("batch", 1, 76)})), IsEmpty());
}

}  // namespace
}  // namespace normlab
