// Images on a device: the network's input, bit for bit what the processor's FillMixed gives,
// whatever way they came.
#include <gtest/gtest.h>

#include <bit>
#include <thread>

#include "base/at.h"
#include "engine/opencl/opencl_network.h"
#include "engine/opencl/stack.h"
#include "model/initialize.h"
#include "operations/mixed_image.h"
#include "tests/engine/byte_pixels.h"
#include "tests/engine/needs_device.h"
#include "tests/engine/random_pixels.h"

namespace normlab {
namespace {

using opencl::Stack;

constexpr int kOutputs = 4;
constexpr Shape kInputs[] = {{1, 28, 28}, {3, 32, 32}, {2, 5, 7}};

std::vector<std::uint32_t> BitsOf(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

// A stack of small networks with one that has a place in it.
struct OneModel {
  OneModel(const Shape& shape, int max_batch, int vector)
      : input(shape),
        stack(opencl::JoinStack(ParseArchitecture("GAP c4!", shape, kOutputs, {}).plan, max_batch,
                                0, vector, 1, &model)),
        preparation(shape, stack->shape(), model) {}

  std::size_t lanes() const { return At(stack->shape().images); }

  // [C][H][W][images], every lane, after a pass.
  std::vector<float> OnDevice(const Batch& batch) {
    std::vector<std::uint32_t> words(opencl::kPassWords, 0);
    words[opencl::kCount] = static_cast<std::uint32_t>(batch.count);
    std::vector<float> log_probabilities(kOutputs * lanes());
    opencl::StackPass pass;
    pass.model = model;
    pass.images = preparation.Prepare(batch, stack->pools());
    pass.words = words;
    pass.log_probabilities = log_probabilities;
    stack->Run(pass);
    return stack->ReadMap(0, model);
  }
  std::vector<float> OnProcessor(const Batch& batch) const {
    std::vector<float> image(input.size()), partner(image), map(image.size() * lanes(), 0.0f);
    for (int n = 0; n < batch.count; ++n) {
      FillMixed(batch, input, n, image.data(), partner.data());
      for (std::size_t e = 0; e < image.size(); ++e) map[e * lanes() + At(n)] = image[e];
    }
    return map;
  }
  void ExpectSame(const Batch& batch, const std::string& what) {
    EXPECT_TRUE(BitsOf(OnDevice(batch)) == BitsOf(OnProcessor(batch)))
        << what << ", " << batch.count << " images " << input.channels << "x" << input.height;
  }

  int model = -1;
  Shape input;
  std::shared_ptr<Stack> stack;
  opencl::ImagePreparation preparation;
};

Batch BatchFrom(int count, const ImageSource& source) {
  Batch batch;
  batch.count = count;
  batch.source = &source;
  return batch;
}

// Weights, boxes or both, every fourth image as it is, and some their own partners.
std::vector<Mix> MixesOf(int count, const Shape& shape, bool blends, bool pastes) {
  RandomStream stream(7, Purpose::kSamples, 0, static_cast<std::uint32_t>(count));
  std::vector<Mix> mixes(At(count));
  for (int n = 0; n < count; ++n) {
    Mix& mix = mixes[At(n)];
    mix.partner =
        n % 5 == 1 ? n : static_cast<int>(stream.Below(static_cast<std::uint32_t>(count)));
    if (n % 4 == 3) continue;
    if (blends) mix.weight = static_cast<float>(stream.Uniform(0, 1));
    if (pastes) {
      mix.box.top = static_cast<int>(stream.Below(static_cast<std::uint32_t>(shape.height)));
      mix.box.left = static_cast<int>(stream.Below(static_cast<std::uint32_t>(shape.width)));
      mix.box.height = 1 + (shape.height - mix.box.top - 1) / (1 + n % 3);
      mix.box.width = shape.width - mix.box.left - n % 2;
    }
  }
  return mixes;
}

class OpenClImages : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Vectors, OpenClImages, testing::Values(0, 1));

TEST_P(OpenClImages, AreWhatTheProcessorGives) {
  NORMLAB_NEEDS_DEVICE();
  for (const Shape& shape : kInputs) {
    const BytePixels pooled(shape, 1), handed_over(shape, 2, true);
    const RandomPixels floats(shape);
    for (const int largest : {1, 17, 33}) {
      OneModel model(shape, largest, GetParam());
      for (const int count : {33, 17, 16, 15, 1}) {
        if (count > largest) continue;
        for (const bool blends : {false, true}) {
          for (const bool pastes : {false, true}) {
            const std::vector<Mix> mixes = MixesOf(count, shape, blends, pastes);
            const std::pair<const ImageSource*, std::string> sources[] = {
                {&pooled, "pool"}, {&handed_over, "bytes"}, {&floats, "floats"}};
            for (const auto& [source, name] : sources) {
              Batch batch = BatchFrom(count, *source);
              if (blends || pastes) batch.mixes = mixes.data();
              model.ExpectSame(batch, name + (blends ? " blended" : "") + (pastes ? " boxed" : ""));
            }
          }
        }
      }
    }
  }
}

TEST(OpenClPools, AreUploadedOnceAndTakeTurns) {
  NORMLAB_NEEDS_DEVICE();
  const Shape shape = kInputs[2];
  BytePixels one(shape, 1), two(shape, 2);
  OneModel model(shape, 17, 0);
  const auto before = model.OnProcessor(BatchFrom(17, one));
  for (int turn = 0; turn < 2; ++turn) {
    model.ExpectSame(BatchFrom(17, one), "one");
    model.ExpectSame(BatchFrom(16, two), "two");
  }
  // What must not be done shows that nobody looks here again.
  std::ranges::fill(one.pixels(), std::uint8_t{3});
  EXPECT_NE(model.OnProcessor(BatchFrom(17, one)), before);
  EXPECT_EQ(model.OnDevice(BatchFrom(17, one)), before);
}

TEST(OpenClPools, AreFreedAfterTheirOwners) {
  NORMLAB_NEEDS_DEVICE();
  const Shape shape = kInputs[0];
  const opencl::DeviceQueue other(0);
  OneModel model(shape, 4, 0);
  BytePixels pixels(shape, 1);
  model.ExpectSame(BatchFrom(4, pixels), "first");
  const std::size_t allocated = other.allocated();
  // Another data set in the same place.
  for (int times = 0; times < 3; ++times) {
    std::ranges::for_each(pixels.pixels(), [](std::uint8_t& pixel) { pixel ^= 0x55; });
    pixels.identity = Identity();
    model.ExpectSame(BatchFrom(4, pixels), "in its place");
    EXPECT_EQ(other.allocated(), allocated);
  }
}

TEST(OpenClPools, FitWhereHalfOfTheMemoryIsLeft) {
  opencl::Device device;
  device.memory = 1000;
  device.largest_buffer = 300;
  EXPECT_TRUE(opencl::PoolFits(device, 200, 300));
  EXPECT_FALSE(opencl::PoolFits(device, 201, 300));
  EXPECT_FALSE(opencl::PoolFits(device, 0, 301));
  EXPECT_FALSE(opencl::PoolFits(device, 600, 1));
  device.largest_buffer = 1000;
  EXPECT_TRUE(opencl::PoolFits(device, 0, 500));
  EXPECT_FALSE(opencl::PoolFits(device, 0, 501));
}

TEST(OpenClPools, ThatDoNotFitAreHandedOver) {
  NORMLAB_NEEDS_DEVICE();
  const Shape shape = kInputs[1];
  BytePixels pixels(shape, 1);
  pixels.claimed = std::size_t{1} << 50;
  OneModel model(shape, 17, 0);
  EXPECT_EQ(model.stack->pools().BufferOf(pixels.pool()), -1);
  for (const int count : {17, 5}) model.ExpectSame(BatchFrom(count, pixels), "too large");
}

// What some steps of plain gradient descent leave of a network.
std::vector<float> TrainSome(const std::shared_ptr<const Plan>& plan, const ImageSource& source,
                             std::uint64_t seed, int together) {
  constexpr int kBatch = 17, kSteps = 5;
  const auto network = MakeOpenClNetwork(plan, kBatch, {.together = together});
  InitializeParameters<float>(*plan, seed, network->parameters());
  const std::vector<std::uint8_t> labels(kBatch, static_cast<std::uint8_t>(seed % kOutputs));
  const std::vector<std::uint32_t> ids(kBatch, 0);
  for (int step = 0; step < kSteps; ++step) {
    Batch batch = BatchFrom(kBatch - 2 * step, source);
    const std::vector<Mix> mixes = MixesOf(batch.count, plan->ShapeOf(0), step > 1, step > 2);
    batch.labels = labels.data();
    batch.image_ids = ids.data();
    batch.mixes = mixes.data();
    network->Train(batch, {1, 1});
    for (std::size_t i = 0; i < network->parameters().size(); ++i) {
      network->parameters()[i] -= 0.1f * network->gradients()[i];
    }
  }
  return {network->parameters().begin(), network->parameters().end()};
}

// Two from one split, one from another, bytes, floats: each from a thread of its own.
TEST(OpenClPools, GiveStackedModelsTheBitsThatTheyHaveAlone) {
  NORMLAB_NEEDS_DEVICE();
  const Shape shape = kInputs[2];
  const auto plan = ParseArchitecture("C4 GAP c4!", shape, kOutputs, {}).plan;
  const BytePixels one(shape, 1), other(shape, 2), handed_over(shape, 3, true);
  const RandomPixels floats(shape);
  const std::vector<const ImageSource*> sources = {&one, &other, &one, &handed_over, &floats};
  const int models = static_cast<int>(sources.size());
  std::vector<std::vector<float>> together(sources.size());
  std::vector<std::thread> threads;
  for (int i = 0; i < models; ++i) {
    threads.emplace_back(
        [&, i] { together[At(i)] = TrainSome(plan, *sources[At(i)], At(i + 1), models); });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < models; ++i) {
    const std::vector<float> alone = TrainSome(plan, *sources[At(i)], At(i + 1), 1);
    EXPECT_EQ(BitsOf(together[At(i)]), BitsOf(alone)) << i;
    for (int before = 0; before < i; ++before) EXPECT_NE(together[At(before)], alone);
  }
}

}  // namespace
}  // namespace normlab
