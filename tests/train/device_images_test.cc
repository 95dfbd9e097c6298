// Batches of a data set on a device: a network sees and learns what it does of the floats that they
// fill in.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "augment/augment.h"
#include "base/philox.h"
#include "data/dataset.h"
#include "engine/opencl/opencl_network.h"
#include "model/initialize.h"
#include "tests/engine/needs_device.h"
#include "train/batches.h"
#include "train/evaluate.h"
#include "train/mixing.h"
#include "train/test_views.h"

namespace normlab {
namespace {

constexpr int kDrawnImages = 60, kLargestBatch = 17;

Dataset RandomDataset(const Shape& shape, std::uint32_t item) {
  RandomStream random(8, Purpose::kSamples, 0, item);
  Dataset dataset;
  dataset.shape = shape;
  dataset.class_names = {"a", "b", "c"};
  for (Split* split : {&dataset.train, &dataset.test}) {
    for (int n = 0; n < kDrawnImages; ++n) {
      split->labels.push_back(static_cast<std::uint8_t>(random.Below(3)));
      for (std::size_t e = 0; e < shape.size(); ++e) {
        split->pixels.push_back(static_cast<std::uint8_t>(random.Below(256)));
      }
    }
  }
  dataset.statistics.mean.assign(static_cast<std::size_t>(shape.channels), 0.47);
  dataset.statistics.deviation.assign(static_cast<std::size_t>(shape.channels), 0.23);
  return dataset;
}

// The same images by their floats alone.
class AsFloats : public ImageSource {
 public:
  explicit AsFloats(const ImageSource& source) : source_(source) {}
  void Fill(int first, int count, float* images) const override {
    source_.Fill(first, count, images);
  }

 private:
  const ImageSource& source_;
};

std::vector<std::uint32_t> Bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

class OpenClBatches : public testing::TestWithParam<Shape> {
 protected:
  void SetUp() override {
    NORMLAB_NEEDS_DEVICE();
    const auto plan = ParseArchitecture("c4 GAP c3!", GetParam(), 3, {}).plan;
    network_ = MakeOpenClNetwork(plan, kLargestBatch, {});
    InitializeParameters<float>(*plan, 1, network_->parameters());
  }

  // Loss and gradients of a step.
  std::vector<float> Step(const Batch& batch) {
    const double loss = network_->Train(batch, {1, 1}).loss_sum;
    std::vector<float> seen = {network_->gradients().begin(), network_->gradients().end()};
    seen.push_back(static_cast<float>(loss));
    return seen;
  }

  // Of each batch of an epoch; the last one is smaller.
  void ExpectWhatFloatsGive(ImageBatch& source, const std::string& mix = "none") {
    std::optional<BatchMixer> mixer;
    if (mix != "none") mixer.emplace(Choice{mix, {{"alpha", 1.0}}}, GetParam(), 3, 1);
    for (std::uint32_t first = 0; first < kDrawnImages; first += kLargestBatch) {
      std::vector<std::uint32_t> images;
      for (std::uint32_t i = first;
           i < std::min<std::uint32_t>(first + kLargestBatch, kDrawnImages); ++i) {
        images.push_back(i * 7 % kDrawnImages);
      }
      Batch batch = source.Take(images.data(), static_cast<int>(images.size()), first);
      if (mixer) mixer->Apply(first, batch);
      const std::vector<float> bytes = Step(batch);
      const AsFloats floats(source);
      batch.source = &floats;
      EXPECT_EQ(Bits(bytes), Bits(Step(batch))) << mix << ", from " << first;
    }
  }

  std::unique_ptr<Network<float>> network_;
};
INSTANTIATE_TEST_SUITE_P(Shapes, OpenClBatches,
                         testing::Values(Shape{1, 28, 28}, Shape{3, 32, 32}));

TEST_P(OpenClBatches, AreWhatTheirFloatsAre) {
  const Dataset dataset = RandomDataset(GetParam(), 1);
  const PixelTable table(dataset.statistics);
  const auto augmentation = ParseAugmentation("flip(0.5) shift(2)", GetParam());
  ImageBatch plain(dataset.train, GetParam(), table, nullptr, 1);
  ImageBatch augmented(dataset.train, GetParam(), table, augmentation.get(), 1);
  for (const char* mix : {"none", "mixup", "cutmix"}) {
    ExpectWhatFloatsGive(plain, mix);
    ExpectWhatFloatsGive(augmented, mix);
  }
}

TEST_P(OpenClBatches, OfTwoSplitsTakeTurns) {
  const Dataset dataset = RandomDataset(GetParam(), 1);
  const PixelTable table(dataset.statistics);
  ImageBatch train(dataset.train, GetParam(), table, nullptr, 1);
  ImageBatch test(dataset.test, GetParam(), table, nullptr, 1);
  for (int turn = 0; turn < 2; ++turn) {
    ExpectWhatFloatsGive(train);
    ExpectWhatFloatsGive(test);
  }
}

TEST_P(OpenClBatches, OfADataSetInThePlaceOfAnother) {
  std::optional<Dataset> dataset;
  for (std::uint32_t item = 1; item < 4; ++item) {
    dataset.emplace(RandomDataset(GetParam(), item));
    const PixelTable table(dataset->statistics);
    ImageBatch source(dataset->train, GetParam(), table, nullptr, 1);
    ExpectWhatFloatsGive(source);
    dataset.reset();
  }
}

// Mean logits of the images and of a data set that has them mirrored.
TEST_P(OpenClBatches, GiveTestViewsTheirPixels) {
  const Shape shape = GetParam();
  const Dataset dataset = RandomDataset(shape, 1);
  Dataset mirrored = dataset;
  for (auto row = mirrored.test.pixels.begin(); row != mirrored.test.pixels.end();) {
    std::reverse(row, row + shape.width);
    row += shape.width;
  }
  const PixelTable table(dataset.statistics);
  std::vector<std::uint32_t> images(kDrawnImages);
  std::iota(images.begin(), images.end(), 0u);
  ViewEvaluation<float> views("flip", dataset.test, shape, table);
  ImageBatch plain(dataset.test, shape, table, nullptr, 0);
  ImageBatch turned(mirrored.test, shape, table, nullptr, 0);
  std::vector<float> of_views, of_plain, of_turned;
  views.Evaluate(*network_, images, 0, &of_views);
  Evaluate(*network_, plain, images, &of_plain);
  Evaluate(*network_, turned, images, &of_turned);
  EXPECT_NE(of_plain, of_turned);
  for (std::size_t at = 0; at < of_views.size(); at += 3) {
    double mean[3], sum = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      mean[k] = (double{of_plain[at + k]} + double{of_turned[at + k]}) / 2;
      sum += std::exp(mean[k]);
    }
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_NEAR(of_views[at + k], mean[k] - std::log(sum), 1e-5) << at;
    }
  }
}

}  // namespace
}  // namespace normlab
