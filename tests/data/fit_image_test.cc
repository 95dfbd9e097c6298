#include "data/fit_image.h"

#include "files.h"
#include "images.h"

namespace normlab {
namespace {

TEST(FitImage, IsPilAndTorchvisionByteForByte) {
  const std::vector<FittedGolden> goldens = FittedGoldens();
  ASSERT_GT(goldens.size(), 100u);
  for (const FittedGolden& golden : goldens) {
    const Shape& from = golden.image.shape;
    const Shape& to = golden.fitted.shape;
    const Image fitted = FitImage(golden.image, to);
    EXPECT_EQ(fitted.shape, to);
    EXPECT_EQ(fitted.pixels, golden.fitted.pixels)
        << from.channels << "x" << from.height << "x" << from.width << " to " << to.channels << "x"
        << to.height << "x" << to.width;
  }
}

TEST(FitImage, WhatFitsIsLeftAsItIs) {
  Image image{{3, 5, 7}, std::vector<std::uint8_t>(105)};
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<std::uint8_t>(i * 37);
  }
  EXPECT_EQ(FitImage(image, image.shape).pixels, image.pixels);
}

// By hand: half as large, the four weights of an output are 1, 3, 3, 1 of 8, and at the edges,
// where the outermost input is missing, 3, 3, 1 of 7.
TEST(FitImage, HalvesByATriangle) {
  Image square{{1, 4, 4}, {}};
  for (int row = 0; row < 4; ++row) {
    for (const std::uint8_t value : {10, 20, 60, 200}) square.pixels.push_back(value);
  }
  const std::uint8_t left = 21;    // (3 * 10 + 3 * 20 + 1 * 60) / 7 = 21.4
  const std::uint8_t right = 114;  // (1 * 20 + 3 * 60 + 3 * 200) / 7 = 114.3
  EXPECT_EQ(FitImage(square, {1, 2, 2}).pixels,
            (std::vector<std::uint8_t>{left, right, left, right}));
}

// Of 4 columns one is kept: 3 are left over, half of them is 1.5, and to even that is 2.
TEST(FitImage, RoundsTheOffsetToEven) {
  EXPECT_EQ(FitImage({{1, 1, 4}, {10, 20, 60, 200}}, {1, 1, 1}).pixels,
            (std::vector<std::uint8_t>{60}));
  EXPECT_EQ(FitImage({{1, 1, 2}, {10, 20}}, {1, 1, 1}).pixels, (std::vector<std::uint8_t>{10}));
}

TEST(FitImage, OfOnePixelEveryPixelIsThat) {
  const Image fitted = FitImage({{3, 1, 1}, {1, 2, 3}}, {3, 4, 9});
  for (std::size_t i = 0; i < fitted.pixels.size(); ++i) EXPECT_EQ(fitted.pixels[i], 1 + i / 36);
}

// Scaled whole, this picture would have 16 million rows of 16.
TEST(FitImage, OfALongPictureOnlyTheMiddleIsScaled) {
  constexpr int kRows = 1 << 20;
  Image image{{1, kRows, 1}, std::vector<std::uint8_t>(kRows, 3)};
  image.pixels[kRows / 2 - 1] = image.pixels[kRows / 2] = 200;
  const Image fitted = FitImage(image, {1, 16, 16});
  for (const std::uint8_t pixel : fitted.pixels) EXPECT_EQ(pixel, 200);
}

TEST(FitImage, OfAWidePictureOnlyTheMiddleIsScaled) {
  constexpr int kColumns = 1 << 20;
  Image image{{1, 1, kColumns}, std::vector<std::uint8_t>(kColumns, 3)};
  image.pixels[kColumns / 2 - 1] = image.pixels[kColumns / 2] = 200;
  const Image fitted = FitImage(image, {3, 16, 16});
  for (const std::uint8_t pixel : fitted.pixels) EXPECT_EQ(pixel, 200);
}

}  // namespace
}  // namespace normlab
