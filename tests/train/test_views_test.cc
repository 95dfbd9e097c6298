#include "train/test_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "small_data.h"
#include "softmax_network.h"

namespace normlab {
namespace {

// The image mirrored, and moved by a pixel with its border mirrored at the outermost pixels.
std::vector<std::uint8_t> View(const std::uint8_t* image, bool flipped, int shift) {
  const auto mirrored = [](int place) {
    return place < 0 ? -place : place > 3 ? 6 - place : place;
  };
  std::vector<std::uint8_t> view(16);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) {
      const int from_x = flipped ? 3 - x : x;
      view[static_cast<std::size_t>(4 * y + x)] =
          image[4 * mirrored(y + shift) + mirrored(from_x + shift)];
    }
  }
  return view;
}

// The loss of the weighted mean of the views' log-probabilities, image by image.
double Expected(SoftmaxNetwork<double>& network, const Dataset& dataset,
                const std::vector<std::pair<int, double>>& shifts) {
  const PixelTable table(dataset.statistics);
  double loss = 0;
  for (std::size_t n = 0; n < dataset.test.size(); ++n) {
    std::vector<double> logits(3);
    for (const auto& [shift, weight] : shifts) {
      for (const bool flipped : {false, true}) {
        Split one{View(&dataset.test.pixels[16 * n], flipped, shift), {dataset.test.labels[n]}};
        ImageBatch source(one, kSmall, table, nullptr, 0);
        std::vector<float> row(3);
        const std::uint32_t index = 0;
        network.Evaluate(source.Take(&index, 1, 0), row);
        for (int k = 0; k < 3; ++k) logits[k] += weight / 2 * row[k];
      }
    }
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit);
    loss += std::log(sum) - logits[dataset.test.labels[n]];
  }
  return loss / static_cast<double>(dataset.test.size());
}

TEST(TestViews, AreAveragedByTheirWeights) {
  const Dataset dataset = SmallDataset();
  SoftmaxNetwork<double> network(kSmall, 3);
  const PixelTable table(dataset.statistics);
  std::vector<std::uint32_t> images;
  for (std::uint32_t n = 0; n < dataset.test.size(); ++n) images.push_back(n);
  ViewEvaluation<double> flips("flip", dataset.test, kSmall, table);
  ViewEvaluation<double> six("flip-shift", dataset.test, kSmall, table);
  const double flip_loss = Expected(network, dataset, {{0, 1}});
  const double six_loss = Expected(network, dataset, {{0, 0.5}, {1, 0.25}, {-1, 0.25}});
  EXPECT_NEAR(flips.Evaluate(network, images, 0).loss, flip_loss, 1e-6);
  EXPECT_NEAR(six.Evaluate(network, images, 0).loss, six_loss, 1e-6);
  EXPECT_GT(std::abs(flip_loss - six_loss), 1e-4);
  const Evaluation evaluation = six.Evaluate(network, images, 0);
  EXPECT_EQ(evaluation.accuracy, 100.0 * evaluation.correct / 50);
  network.poisoned_evaluation = true;
  EXPECT_FALSE(std::isfinite(six.Evaluate(network, images, 0).loss));
}

}  // namespace
}  // namespace normlab
