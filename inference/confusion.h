// Which classes a network takes for which.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace normlab {

// The class with the largest log-probability of each image, the first of equal ones;
// `log_probabilities` is [image][class].
std::vector<int> Predictions(std::span<const float> log_probabilities, int classes);

// [label][prediction] -> images.
using ConfusionMatrix = std::vector<std::vector<int>>;
ConfusionMatrix CountConfusions(std::span<const int> predictions,
                                std::span<const std::uint8_t> labels, int classes);

struct ClassScore {
  int images = 0;     // with this label
  int predicted = 0;  // with this prediction
  int correct = 0;    // with both
  // Shares of 1; empty where there is nothing to divide by.
  std::optional<double> precision() const;  // correct / predicted
  std::optional<double> recall() const;     // correct / images
};
std::vector<ClassScore> ScoreClasses(const ConfusionMatrix& confusion);

}  // namespace normlab
