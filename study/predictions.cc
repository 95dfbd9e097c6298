#include "study/predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "train/safetensors.h"

namespace normlab {
namespace {

std::vector<float> ToFloats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

int MetadataEpoch(const TensorFile& file, const std::string& path, const char* key) {
  const auto found = file.metadata.find(key);
  int epoch = 0;
  if (found != file.metadata.end()) {
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), epoch);
  }
  if (epoch < 1) throw DataError(fmt::format("{}: expected {} in the metadata", path, key));
  return epoch;
}

}  // namespace

std::vector<ErrorRow> Misses(const Dataset& dataset, const std::vector<float>& predictions) {
  const int classes = dataset.classes();
  std::vector<ErrorRow> misses;
  for (std::size_t image = 0; image < dataset.test.size(); ++image) {
    const float* row = predictions.data() + image * static_cast<std::size_t>(classes);
    const int prediction = static_cast<int>(std::max_element(row, row + classes) - row);
    const int truth = dataset.test.labels[image];
    if (prediction == truth) continue;
    ErrorRow& miss = misses.emplace_back(
        ErrorRow{static_cast<int>(image), truth, prediction, 0, 0, -double{row[truth]}});
    for (int c = 0; c < classes; ++c) miss.probabilities.push_back(std::exp(double{row[c]}));
    miss.truth_probability = miss.probabilities[static_cast<std::size_t>(truth)];
    miss.prediction_probability = miss.probabilities[static_cast<std::size_t>(prediction)];
  }
  return misses;
}

void WritePredictions(const std::string& path, const Dataset& dataset,
                      const Predictions& predictions) {
  const auto images = static_cast<std::int64_t>(dataset.test.size());
  TensorFile file;
  file.metadata = {{"format", "pt"},
                   {"values", "log-probabilities of the test images"},
                   {"last_epoch", std::to_string(predictions.last_epoch)},
                   {"best_epoch", std::to_string(predictions.best_epoch)}};
  const std::vector<std::int64_t> shape = {images, dataset.classes()};
  file.tensors.push_back(FromValues("last", shape, predictions.last.data()));
  file.tensors.push_back(FromValues("best", shape, predictions.best.data()));
  file.tensors.push_back({"labels", DType::kU8, {images}, dataset.test.labels});
  WriteTensors(path, file);
}

Predictions ReadPredictions(const std::string& path, const Dataset& dataset) {
  const TensorFile file = ReadTensors(path);
  const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(dataset.test.size()),
                                           dataset.classes()};
  const NamedTensor* last = file.Find("last");
  const NamedTensor* best = file.Find("best");
  if (last == nullptr || best == nullptr || last->shape != shape || best->shape != shape) {
    throw DataError(
        fmt::format("{}: expected tensors last and best [{}, {}]", path, shape[0], shape[1]));
  }
  return {ToFloats(ToDoubles(*last, path)), ToFloats(ToDoubles(*best, path)),
          MetadataEpoch(file, path, "last_epoch"), MetadataEpoch(file, path, "best_epoch")};
}

}  // namespace normlab
