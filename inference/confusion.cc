#include "inference/confusion.h"

#include <algorithm>
#include <cassert>

namespace normlab {
namespace {

std::optional<double> Share(int part, int whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / whole;
}

}  // namespace

std::vector<int> Predictions(std::span<const float> log_probabilities, int classes) {
  const auto width = static_cast<std::size_t>(classes);
  std::vector<int> predictions;
  for (std::size_t first = 0; first < log_probabilities.size(); first += width) {
    const auto row = log_probabilities.subspan(first, width);
    predictions.push_back(static_cast<int>(std::ranges::max_element(row) - row.begin()));
  }
  return predictions;
}

ConfusionMatrix CountConfusions(std::span<const int> predictions,
                                std::span<const std::uint8_t> labels, int classes) {
  assert(predictions.size() == labels.size());
  ConfusionMatrix confusion(static_cast<std::size_t>(classes),
                            std::vector<int>(static_cast<std::size_t>(classes)));
  for (std::size_t i = 0; i < labels.size(); ++i) ++confusion[labels[i]][predictions[i]];
  return confusion;
}

std::optional<double> ClassScore::precision() const { return Share(correct, predicted); }
std::optional<double> ClassScore::recall() const { return Share(correct, images); }

std::vector<ClassScore> ScoreClasses(const ConfusionMatrix& confusion) {
  std::vector<ClassScore> scores(confusion.size());
  for (std::size_t label = 0; label < confusion.size(); ++label) {
    for (std::size_t prediction = 0; prediction < confusion.size(); ++prediction) {
      const int images = confusion[label][prediction];
      scores[label].images += images;
      scores[prediction].predicted += images;
      if (label == prediction) scores[label].correct = images;
    }
  }
  return scores;
}

}  // namespace normlab
