#include "train/batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "golden.h"

namespace normlab {
namespace {

std::vector<std::uint32_t> UpTo(std::uint32_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  return numbers;
}

TEST(EpochOrder, IsAPermutationOfItsOwnForEverySeedAndEpoch) {
  const std::vector<std::uint32_t> indices{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  const auto order = EpochOrder(indices, true, 1, 1);
  EXPECT_THAT(order, testing::UnorderedElementsAreArray(indices));
  EXPECT_NE(order, indices);
  EXPECT_EQ(order, EpochOrder(indices, true, 1, 1));
  EXPECT_NE(order, EpochOrder(indices, true, 1, 2));
  EXPECT_NE(order, EpochOrder(indices, true, 2, 1));
  EXPECT_EQ(EpochOrder(indices, false, 1, 1), indices);
}

TEST(EpochOrder, PutsEveryImageEverywhereAlike) {
  constexpr std::uint32_t kItems = 6, kEpochs = 6000;
  std::vector<std::vector<int>> times(kItems, std::vector<int>(kItems));
  for (std::uint32_t epoch = 0; epoch < kEpochs; ++epoch) {
    const auto order = EpochOrder(UpTo(kItems), true, 3, epoch);
    for (std::uint32_t place = 0; place < kItems; ++place) ++times[order[place]][place];
  }
  double chi_squared = 0;
  for (const auto& row : times) {
    for (const int count : row) chi_squared += (count - 1000.0) * (count - 1000.0) / 1000.0;
  }
  // 25 degrees of freedom: 52.6 is passed by chance once in a thousand seeds; this one is fixed.
  EXPECT_LT(chi_squared, 52.6);
}

TEST(HoldOut, SplitsTheImagesInTwo) {
  const HoldOut split = ChooseHoldOut(1000, 100, 7);
  EXPECT_EQ(split.validation.size(), 100u);
  EXPECT_EQ(split.training.size(), 900u);
  EXPECT_TRUE(std::is_sorted(split.validation.begin(), split.validation.end()));
  EXPECT_TRUE(std::is_sorted(split.training.begin(), split.training.end()));
  std::vector<std::uint32_t> all = split.training;
  all.insert(all.end(), split.validation.begin(), split.validation.end());
  EXPECT_THAT(all, testing::UnorderedElementsAreArray(UpTo(1000)));
  EXPECT_NE(split.validation, ChooseHoldOut(1000, 100, 8).validation);
  EXPECT_EQ(ChooseHoldOut(10, 0, 7).training, UpTo(10));
  // Not the first hundred, nor any stretch: its mean is near the middle (s.d. of the mean: 27).
  const double sum = std::accumulate(split.validation.begin(), split.validation.end(), 0.0);
  EXPECT_NEAR(sum / 100, 499.5, 4 * 27);
}

TEST(PixelTable, IsTorchvisionsToTensorAndNormalizeToTheLastBit) {
  const PixelTable table({{0.1307, 0.4915, 0.4823, 0.4468}, {0.3081, 0.2470, 0.2435, 0.2616}});
  const std::vector<double> golden = ReadGolden("pixels");
  ASSERT_EQ(golden.size(), 4u * 256);
  for (int c = 0; c < 4; ++c) {
    for (int value = 0; value < 256; ++value) {
      ASSERT_EQ(table.channel(c)[value], static_cast<float>(golden[256 * c + value])) << value;
    }
  }
}

// Writes the address into the image, so that a test sees which one was used.
class Addressed : public Augmentation {
 public:
  bool identity() const override { return false; }
  std::string text() const override { return "addressed"; }
  void Apply(const std::uint8_t* image, const AugmentAddress& address,
             std::uint8_t* result) const override {
    for (int i = 0; i < 30; ++i) {
      result[i] = static_cast<std::uint8_t>(image[i] + address.image + 3 * address.epoch +
                                            7 * address.seed);
    }
  }
};

class Filling : public testing::Test {
 protected:
  static constexpr Shape kShape{2, 3, 5};  // no eights of pixels

  Filling() : table_({{0, 0}, {1.0 / 255, 2.0 / 255}}) {
    for (std::size_t i = 0; i < 40 * kShape.size(); ++i) {
      split_.pixels.push_back(static_cast<std::uint8_t>((i * 37 + i / 30) % 251));
    }
    for (int i = 0; i < 40; ++i) split_.labels.push_back(static_cast<std::uint8_t>(i % 10));
  }

  // `offset` is what the augmentation adds.
  void ExpectImage(const float* pixels, std::uint32_t image, std::uint32_t offset) {
    for (std::size_t e = 0; e < kShape.size(); ++e) {
      const std::uint8_t byte = split_.pixels[image * kShape.size() + e];
      const float* table = table_.channel(static_cast<int>(e / kShape.pixels()));
      EXPECT_EQ(pixels[e], table[static_cast<std::uint8_t>(byte + offset)]) << image << ", " << e;
    }
  }

  Split split_;
  PixelTable table_;
};

TEST_F(Filling, WritesTheImagesThatAreAskedFor) {
  ImageBatch batch(split_, kShape, table_, nullptr, 1);
  std::vector<std::uint32_t> images(19);
  for (std::uint32_t i = 0; i < 19; ++i) images[i] = (i * 7 + 3) % 40;
  const Batch taken = batch.Take(images.data(), 19, 1);
  EXPECT_EQ(taken.count, 19);
  EXPECT_EQ(taken.source, &batch);
  EXPECT_EQ(taken.mixes, nullptr);
  EXPECT_EQ(taken.distributions, nullptr);
  for (std::size_t i = 0; i < 19; ++i) {
    EXPECT_EQ(taken.labels[i], split_.labels[images[i]]);
    EXPECT_EQ(taken.image_ids[i], images[i]);
  }
  const std::vector<std::pair<int, int>> asked{{0, 19}, {0, 16}, {16, 3}, {18, 1}, {5, 0}};
  for (const auto& [first, count] : asked) {
    const std::size_t floats = static_cast<std::size_t>(count) * kShape.size();
    std::vector<float> pixels(floats + 1, -7.0f);
    batch.Fill(first, count, pixels.data());
    for (int i = 0; i < count; ++i) {
      ExpectImage(&pixels[static_cast<std::size_t>(i) * kShape.size()],
                  images[static_cast<std::size_t>(first + i)], 0);
    }
    EXPECT_EQ(pixels[floats], -7.0f) << "beyond the last image";
  }
}

TEST_F(Filling, AugmentsEachImageAtItsAddressOnAnyThread) {
  const Addressed augmentation;
  ImageBatch batch(split_, kShape, table_, &augmentation, 2);
  const std::vector<std::uint32_t> images{39, 0, 17, 17};
  batch.Take(images.data(), 4, 5);
  const auto check = [&] {
    std::vector<float> pixels(4 * kShape.size());
    batch.Fill(0, 4, pixels.data());
    for (std::size_t i = 0; i < 4; ++i) {
      ExpectImage(&pixels[i * kShape.size()], images[i], images[i] + 15 + 14);
    }
  };
  check();
  std::thread(check).join();
}

TEST_F(Filling, LooksUpTheBytesThatItGives) {
  const Addressed augmentation;
  ImageBatch plain(split_, kShape, table_, nullptr, 2);
  ImageBatch augmented(split_, kShape, table_, &augmentation, 2);
  const std::vector<std::uint32_t> images{39, 0, 17, 17};
  for (ImageBatch* batch : {&plain, &augmented}) {
    batch->Take(images.data(), 4, 5);
    std::vector<std::uint8_t> bytes(3 * kShape.size() + 1, 77);
    batch->FillBytes(1, 3, bytes.data());
    EXPECT_EQ(bytes.back(), 77) << "beyond the last image";
    std::vector<float> pixels(3 * kShape.size());
    batch->Fill(1, 3, pixels.data());
    for (std::size_t e = 0; e < pixels.size(); ++e) {
      const std::size_t channel = e / kShape.pixels() % static_cast<std::size_t>(kShape.channels);
      EXPECT_EQ(pixels[e], batch->table()[256 * channel + bytes[e]]);
    }
  }
  EXPECT_EQ(plain.pool().pixels.data(), split_.pixels.data());
  EXPECT_FALSE(plain.pool().owner.expired());
  EXPECT_EQ(plain.places()[0], 39u);
  EXPECT_TRUE(augmented.pool().owner.expired());
}

}  // namespace
}  // namespace normlab
