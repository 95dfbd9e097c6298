#include "operations/fast/pack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "operations/fast/block_tensor.h"

namespace normlab {
namespace {

constexpr float kUntouched = -7;

// A map of `shape` with a border, all of it kUntouched.
struct Map {
  Map(const Shape& shape, int border)
      : row(static_cast<std::size_t>(shape.width + 2 * border) * kBlock),
        channel(row * static_cast<std::size_t>(shape.height + 2 * border)),
        floats(channel * static_cast<std::size_t>(shape.channels)),
        memory(hwy::AllocateAligned<float>(floats)) {
    std::fill_n(memory.get(), floats, kUntouched);
    view = {memory.get() + static_cast<std::size_t>(border) * (row + kBlock), shape, row, channel};
  }

  std::size_t row, channel, floats;
  hwy::AlignedFreeUniquePtr<float[]> memory;
  BlockView view;
};

// Every value of every image its own.
std::vector<float> Numbered(std::size_t floats) {
  std::vector<float> values(floats);
  for (std::size_t i = 0; i < floats; ++i) values[i] = static_cast<float>(i + 1);
  return values;
}

void ExpectPacked(Simd simd, const Shape& shape, int border, int count) {
  SCOPED_TRACE(testing::Message() << SimdName(simd) << ", " << shape.channels << "x" << shape.height
                                  << "x" << shape.width << ", border " << border << ", " << count
                                  << " images");
  const std::size_t stride = shape.size() + static_cast<std::size_t>(border);
  const std::vector<float> images = Numbered(stride * static_cast<std::size_t>(count));
  const Map map(shape, border);
  PackBlock(simd, images.data(), stride, count, map.view);
  int wrong = 0;
  for (int lane = 0; lane < kBlock; ++lane) {
    std::size_t from = static_cast<std::size_t>(lane) * stride;
    for (int c = 0; c < shape.channels; ++c) {
      for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x) {
          wrong += map.view.at(c, y, x)[lane] != (lane < count ? images[from++] : 0.0f);
        }
      }
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(std::count(map.memory.get(), map.memory.get() + map.floats, kUntouched),
            static_cast<std::ptrdiff_t>(map.floats - shape.size() * kBlock))
      << "of the border";
}

TEST(PackBlock, PutsImageIntoLaneAndZerosBeyondTheLast) {
  for (const Simd simd : SupportedSimd()) {
    for (const Shape& shape :
         {Shape{1, 28, 28}, Shape{3, 32, 32}, Shape{3, 11, 13}, Shape{2, 3, 5}, Shape{1, 1, 1},
          Shape{5, 1, 3}, Shape{1, 7, 2}, Shape{4, 2, 4}, Shape{2, 1, 17}}) {
      for (const int border : {0, 1, 2}) {
        for (const int count : {1, 2, 15, 16}) ExpectPacked(simd, shape, border, count);
      }
    }
  }
}

// Batches of 15, 16, 17 and 33 images, block after block, as an engine packs them.
TEST(PackBlock, GoesOnWhereTheLastBlockEnded) {
  const Shape shape{3, 5, 6};
  for (const int count : {1, 15, 16, 17, 33}) {
    const std::vector<float> images = Numbered(shape.size() * static_cast<std::size_t>(count));
    const BlockTensor map(shape, BlocksFor(count), 1);
    for (int block = 0; block < BlocksFor(count); ++block) {
      const auto from = static_cast<std::size_t>(block) * kBlock * shape.size();
      PackBlock(BestSimd(), &images[from], shape.size(), std::min(kBlock, count - block * kBlock),
                map.block(block));
    }
    for (int n = 0; n < BlocksFor(count) * kBlock; ++n) {
      for (std::size_t e = 0; e < shape.size(); ++e) {
        const auto pixel = static_cast<int>(e % shape.pixels());
        const float expected =
            n < count ? images[static_cast<std::size_t>(n) * shape.size() + e] : 0;
        ASSERT_EQ(map.block(n / kBlock)
                      .at(static_cast<int>(e / shape.pixels()), pixel / shape.width,
                          pixel % shape.width)[n % kBlock],
                  expected)
            << count << " images, image " << n << ", element " << e;
      }
    }
  }
}

}  // namespace
}  // namespace normlab
