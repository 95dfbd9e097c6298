#include "operations/mixed_image.h"

#include <gtest/gtest.h>

#include <vector>

namespace normlab {
namespace {

constexpr Shape kShape{2, 3, 5};
constexpr int kImages = 17;

float PixelOf(int image, int c, int y, int x) {
  return static_cast<float>(1000 * image + 100 * c + 10 * y + x);
}

class NumberedImages : public ImageSource {
 public:
  void Fill(int first, int count, float* images) const override {
    filled += count;
    for (int n = first; n < first + count; ++n) {
      for (int c = 0; c < kShape.channels; ++c) {
        for (int y = 0; y < kShape.height; ++y) {
          for (int x = 0; x < kShape.width; ++x) *images++ = PixelOf(n, c, y, x);
        }
      }
    }
  }
  mutable int filled = 0;
};

class Mixing : public testing::Test {
 protected:
  Mixing() : mixes_(kImages) {
    batch_.count = kImages;
    batch_.source = &source_;
  }

  // Calls expected(c, y, x) for each pixel of `image`.
  template <typename Expected>
  void Expect(int image, const Expected& expected) {
    std::vector<float> pixels(kShape.size()), partner(kShape.size());
    FillMixed(batch_, kShape, image, pixels.data(), partner.data());
    const float* at = pixels.data();
    for (int c = 0; c < kShape.channels; ++c) {
      for (int y = 0; y < kShape.height; ++y) {
        for (int x = 0; x < kShape.width; ++x) {
          EXPECT_EQ(*at++, expected(c, y, x)) << image << ": " << c << ", " << y << ", " << x;
        }
      }
    }
  }
  void ExpectPlain(int image) {
    Expect(image, [&](int c, int y, int x) { return PixelOf(image, c, y, x); });
  }

  NumberedImages source_;
  std::vector<Mix> mixes_;
  Batch batch_;
};

TEST_F(Mixing, WithoutAMixOnlyTheImageItselfIsRead) {
  std::vector<float> pixels(kShape.size());
  FillMixed(batch_, kShape, 16, pixels.data(), nullptr);
  EXPECT_EQ(source_.filled, 1);
  ExpectPlain(16);
  source_.filled = 0;
  batch_.mixes = mixes_.data();  // weight 1 and no box
  FillMixed(batch_, kShape, 16, pixels.data(), nullptr);
  EXPECT_EQ(source_.filled, 1);
  ExpectPlain(16);
}

TEST_F(Mixing, AWeightBlendsWithThePartnerAsItsSourceGivesIt) {
  mixes_[3] = {.partner = 16, .weight = 0.25f, .box = {}};
  mixes_[16] = {.partner = 3, .weight = 0.0f, .box = {}};
  batch_.mixes = mixes_.data();
  Expect(3, [](int c, int y, int x) {
    return 0.25f * PixelOf(3, c, y, x) + 0.75f * PixelOf(16, c, y, x);
  });
  Expect(16, [](int c, int y, int x) { return PixelOf(3, c, y, x); });
  ExpectPlain(2);
  ExpectPlain(4);
}

TEST_F(Mixing, ABoxIsThePartnersInEveryChannel) {
  mixes_[0] = {.partner = 9, .weight = 1, .box = {1, 2, 2, 3}};  // to the lower right corner
  mixes_[1] = {.partner = 9, .weight = 1, .box = {0, 0, 3, 5}};
  mixes_[2] = {.partner = 9, .weight = 1, .box = {1, 2, 2, 0}};
  batch_.mixes = mixes_.data();
  Expect(0, [](int c, int y, int x) { return PixelOf(y >= 1 && x >= 2 ? 9 : 0, c, y, x); });
  Expect(1, [](int c, int y, int x) { return PixelOf(9, c, y, x); });
  ExpectPlain(2);
}

TEST_F(Mixing, BesideABoxTheWeightCounts) {
  mixes_[5] = {.partner = 4, .weight = 0.5f, .box = {0, 1, 2, 2}};
  batch_.mixes = mixes_.data();
  Expect(5, [](int c, int y, int x) {
    const float partner = PixelOf(4, c, y, x);
    const bool inside = y < 2 && (x == 1 || x == 2);
    return inside ? partner : 0.5f * PixelOf(5, c, y, x) + 0.5f * partner;
  });
}

}  // namespace
}  // namespace normlab
