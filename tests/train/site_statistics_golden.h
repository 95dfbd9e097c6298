// What make_site_statistics_golden.py trained, for our own engines: its network, images and
// numbers.
#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/train/plain_groups.h"
#include "tests/train/synthetic.h"
#include "train/batches.h"
#include "train/optimizer.h"
#include "train/safetensors.h"

namespace normlab::site_golden {

inline constexpr std::uint32_t kSalt = 3;
inline constexpr int kSteps = 4, kBatch = 17, kEstimation = 37, kTest = 20, kClasses = 10;
inline constexpr double kNormMomentum = 0.1;  // PyTorch's default
inline constexpr Shape kShape{2, 8, 6};

inline std::vector<double> Values(const std::string& name) {
  static const std::string path =
      std::string(NORMLAB_TEST_DIR) + "/train/golden/site_statistics.safetensors";
  static const TensorFile file = ReadTensors(path);
  const NamedTensor* tensor = file.Find(name);
  return tensor == nullptr ? std::vector<double>{} : ToDoubles(*tensor, path);
}

inline Architecture Network(bool per_application) {
  ModelOptions options;
  options.norm = "batch";
  options.norm_momentum = kNormMomentum;
  options.order = {UnitStep::kRelu, UnitStep::kNorm, UnitStep::kDropout};
  options.statistics_per_application = per_application;
  return ParseArchitecture("C5 C5x2 P c6 C6x3 GAP c7 c10!", kShape, kClasses, options);
}

// Part 0: the training images; part 1: the test images.
inline Split Images(std::uint32_t part, int count) {
  const std::uint32_t stream = synthetic::kSaltStride * kSalt + part;
  Split split;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(count) * kShape.size(); ++i) {
    split.pixels.push_back(
        static_cast<std::uint8_t>(synthetic::Mix(stream + synthetic::kPixelStream, i) >> 24));
  }
  for (std::uint32_t n = 0; n < static_cast<std::uint32_t>(count); ++n) {
    split.labels.push_back(static_cast<std::uint8_t>(
        synthetic::Mix(stream + synthetic::kLabelStream, n) % synthetic::kClasses));
  }
  return split;
}

inline std::vector<std::uint32_t> First(int count) {
  std::vector<std::uint32_t> images(static_cast<std::size_t>(count));
  std::iota(images.begin(), images.end(), 0u);
  return images;
}

struct Data {
  Split train = Images(0, kSteps*kBatch), test = Images(1, kTest);
  PixelTable table{{{-1.0, 0.25}, {0.25, 0.125}}};
  ImageBatch train_source{train, kShape, table, nullptr, 0};
  ImageBatch test_source{test, kShape, table, nullptr, 0};
};

// `after_pass` is called after each pass, before its update; `after_step` after it.
template <typename T, typename Pass, typename Step>
void TrainAsPyTorch(normlab::Network<T>& network, Data& data, const Pass& after_pass,
                    const Step& after_step) {
  synthetic::FillParameters(kSalt, network.parameter_infos(), network.parameters());
  const bool shared = network.counters().size() < network.statistics_sites().size();
  InitializeBuffers(Network(!shared), network.buffers());
  const std::vector<std::uint8_t> all(network.parameters().size(), 1);
  const auto optimizer = MakeOptimizer<T>({"sgd", 0.03, 0.9, false, 0}, PlainGroups(all));
  const std::vector<std::uint32_t> images = First(kSteps * kBatch);
  for (int step = 0; step < kSteps; ++step) {
    network.Train(
        data.train_source.Take(&images[static_cast<std::size_t>(step * kBatch)], kBatch, 0), {});
    after_pass();
    optimizer->Step(network.parameters(), network.gradients(), 0.03, 0.9);
    after_step(static_cast<std::size_t>(step));
  }
}

}  // namespace normlab::site_golden
