// Intervals, calibration and confusions, against what follows from their definitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "inference/calibration.h"
#include "inference/confusion.h"
#include "inference/wilson_interval.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;

// The end of { p : |share - p| <= z sqrt(p (1 - p) / n) } between the share and `outside`, by
// bisection: the definition, not the formula.
double IntervalEnd(double share, double n, double outside) {
  constexpr double z = 1.959963984540054;
  double inside = share;
  for (int i = 0; i < 200; ++i) {
    const double middle = (inside + outside) / 2;
    const bool within = std::abs(share - middle) <= z * std::sqrt(middle * (1 - middle) / n);
    (within ? inside : outside) = middle;
  }
  return inside;
}

TEST(WilsonInterval, HoldsTheSharesFromWhichTheCountIsNotFar) {
  for (const int n : {1, 2, 10, 17, 100, 10000}) {
    for (const int correct : {0, 1, n / 3, n / 2, n - 1, n}) {
      if (correct < 0 || correct > n) continue;
      const double share = static_cast<double>(correct) / n;
      const ConfidenceInterval interval = WilsonInterval(correct, n);
      EXPECT_NEAR(interval.low, IntervalEnd(share, n, 0), 1e-9) << correct << " of " << n;
      EXPECT_NEAR(interval.high, IntervalEnd(share, n, 1), 1e-9) << correct << " of " << n;
    }
  }
}

TEST(WilsonInterval, EndsAtZeroAndOneExactly) {
  EXPECT_EQ(WilsonInterval(0, 10).low, 0);
  EXPECT_EQ(WilsonInterval(10, 10).high, 1);
}

// Rows of two classes with the given probabilities of the first.
std::vector<float> Rows(const std::vector<double>& probabilities) {
  std::vector<float> rows;
  for (const double p : probabilities) {
    rows.push_back(static_cast<float>(std::log(p)));
    rows.push_back(static_cast<float>(std::log(1 - p)));
  }
  return rows;
}

TEST(Calibration, WeighsTheGapOfEachBinByItsImages) {
  // Confidences 0.9 (bin 13: 0.8667 to 0.9333) three times, two of them right; 0.6 (bin 8: 0.5333
  // to 0.6) ... 0.62 (bin 9: 0.6 to 0.6667) once, wrong.
  const std::vector<float> rows = Rows({0.9, 0.1, 0.9, 0.62});
  const std::vector<std::uint8_t> labels = {0, 1, 1, 1};
  const Calibration calibration = Calibrate(rows, labels, 2);
  ASSERT_EQ(calibration.bins.size(), 15u);
  EXPECT_EQ(calibration.bins[13].images, 3);
  EXPECT_NEAR(calibration.bins[13].accuracy, 2.0 / 3, 1e-12);
  EXPECT_NEAR(calibration.bins[13].confidence, 0.9, 1e-6);
  EXPECT_EQ(calibration.bins[9].images, 1);
  EXPECT_EQ(calibration.bins[9].accuracy, 0);
  EXPECT_NEAR(calibration.error, 3.0 / 4 * (0.9 - 2.0 / 3) + 1.0 / 4 * 0.62, 1e-6);
  int images = 0;
  for (const CalibrationBin& bin : calibration.bins) images += bin.images;
  EXPECT_EQ(images, 4);
  EXPECT_EQ(calibration.bins[0].low, 0);
  EXPECT_EQ(calibration.bins[14].high, 1);
}

TEST(Calibration, OfCertaintyIsTheShareOfErrors) {
  const std::vector<float> rows = {0.0f, -200.0f, 0.0f, -200.0f, -200.0f, 0.0f};
  EXPECT_NEAR(Calibrate(rows, std::vector<std::uint8_t>{0, 1, 1}, 2).error, 1.0 / 3, 1e-12);
  EXPECT_EQ(Calibrate(rows, std::vector<std::uint8_t>{0, 0, 1}, 2).error, 0);
}

TEST(Confusion, CountsLabelsByPredictions) {
  const std::vector<float> rows = {-1, -2, -3, -3, -1, -2, -1, -1, -5, -9, -8, -7};
  const std::vector<int> predictions = Predictions(rows, 3);
  EXPECT_THAT(predictions, ElementsAre(0, 1, 0, 2)) << "of equals the first";
  const std::vector<std::uint8_t> labels = {0, 0, 1, 0};
  const ConfusionMatrix confusion = CountConfusions(predictions, labels, 3);
  EXPECT_THAT(confusion,
              ElementsAre(ElementsAre(1, 1, 1), ElementsAre(1, 0, 0), ElementsAre(0, 0, 0)));
  const std::vector<ClassScore> scores = ScoreClasses(confusion);
  EXPECT_EQ(scores[0].images, 3);
  EXPECT_EQ(scores[0].predicted, 2);
  EXPECT_EQ(scores[0].precision(), 0.5);
  EXPECT_EQ(scores[0].recall(), 1.0 / 3);
  EXPECT_EQ(scores[1].recall(), 0.0);
  EXPECT_EQ(scores[2].precision(), 0.0);
  EXPECT_EQ(scores[2].recall(), std::nullopt) << "there is no image of this class";
}

}  // namespace
}  // namespace normlab
