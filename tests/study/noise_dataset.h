// Fashion-MNIST's shape and classes filled with noise, for trainings that need not learn.
#pragma once

#include "base/philox.h"
#include "data/dataset.h"

namespace normlab {

inline Split Noise(int images, std::uint32_t item, Shape shape) {
  RandomStream random(7, Purpose::kSamples, 0, item);
  Split split;
  for (int i = 0; i < images; ++i) {
    split.labels.push_back(static_cast<std::uint8_t>(random.Below(10)));
    for (std::size_t p = 0; p < shape.size(); ++p) {
      split.pixels.push_back(static_cast<std::uint8_t>(random.Below(256)));
    }
  }
  return split;
}

inline Dataset NoiseDataset(int train, int test) {
  const DatasetInfo& info = FindDatasetInfo("fashion-mnist");
  Dataset dataset;
  dataset.name = info.name;
  dataset.class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  dataset.shape = info.shape;
  dataset.train = Noise(train, 1, info.shape);
  dataset.test = Noise(test, 2, info.shape);
  dataset.statistics = {{0.5}, {0.3}};
  return dataset;
}

}  // namespace normlab
