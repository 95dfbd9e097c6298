// The depthwise convolution against its definition, in double, and the definition's gradients
// against differences of its values, on every instruction set.
#include <gtest/gtest.h>

#include <vector>

#include "tests/operations/depthwise_case.h"

namespace normlab {
namespace {

using namespace depthwise;

template <class Visit>
void ForEachPixel(const DepthwiseCase& c, const Shape& shape, const Visit& visit) {
  for (int n = 0; n < c.images; ++n) {
    for (int channel = 0; channel < shape.channels; ++channel) {
      for (int row = 0; row < shape.height; ++row) {
        for (int column = 0; column < shape.width; ++column) visit(n, channel, row, column);
      }
    }
  }
}

void ExpectNear(float value, const Sum& sum, int additions, const char* what) {
  ASSERT_NEAR(value, sum.value, sum.Bound(additions)) << what;
}

void ExpectBorderUntouched(const BlockTensor& map, int blocks, int border) {
  const Shape& shape = map.shape();
  for (int block = 0; block < blocks; ++block) {
    const BlockView view = map.block(block);
    for (int c = 0; c < shape.channels; ++c) {
      for (int row = -border; row < shape.height + border; ++row) {
        for (int i = -border * kBlock; i < (shape.width + border) * kBlock; ++i) {
          const bool inside = row >= 0 && row < shape.height && i >= 0 && i < shape.width * kBlock;
          if (inside) continue;
          ASSERT_EQ(view.at(c, row, 0)[i], kUntouched) << "written outside the map";
        }
      }
    }
  }
}

void ExpectTheDefinition(const DepthwiseCase& c, Simd simd, int first_worker = 1) {
  SCOPED_TRACE(testing::Message() << SimdName(simd) << ": " << c);
  const Operands operands(c);
  const Definition exact(c, operands);
  const Fast fast(c, operands, simd, first_worker);
  ForEachPixel(c, c.out(), [&](int n, int channel, int row, int column) {
    Sum sum = exact.Y(n, channel, row, column);
    if (c.relu) sum.value = std::max(sum.value, 0.0);
    ExpectNear(fast.y(n, channel, row, column), sum, c.taps() + 1, "y");
  });
  ExpectBorderUntouched(fast.y(), fast.blocks(), 2);
  if (c.input_gradient) {
    ForEachPixel(c, c.in(), [&](int n, int channel, int row, int column) {
      ExpectNear(fast.dx(n, channel, row, column), exact.InputGradient(n, channel, row, column),
                 c.taps(), "dx");
    });
    ExpectBorderUntouched(fast.dx(), fast.blocks(), 3);
  }
  // Each lane over the pixels, then the lanes by halves.
  const int additions = static_cast<int>(c.out().pixels()) + 4;
  for (int block = 0; block < fast.blocks(); ++block) {
    const int first = block * kBlock, end = std::min(c.images, first + kBlock);
    for (int channel = 0; channel < c.channels; ++channel) {
      for (int k = 0; k < c.taps(); ++k) {
        const std::size_t at =
            (static_cast<std::size_t>(block) * c.channels + channel) * c.taps() + k;
        ExpectNear(fast.weight_gradient()[at],
                   exact.FilterGradient(channel, k / c.kernel, k % c.kernel, first, end), additions,
                   "gradient of a weight");
      }
      const float got =
          fast.bias_gradient()[static_cast<std::size_t>(block * c.channels + channel)];
      if (c.bias) {
        ExpectNear(got, exact.BiasGradient(channel, first, end), additions, "gradient of a bias");
      } else {
        ASSERT_EQ(got, Fast::kThere) << "written though there is no bias";
      }
    }
  }
}

struct Side {
  int height, width;
};
// One pixel, fewer than a filter has, whole tiles and rests of them, more rows than a stretch.
constexpr Side kSides[] = {{1, 1}, {2, 3},   {4, 4},  {7, 5},  {5, 9},
                           {8, 8}, {13, 11}, {3, 33}, {22, 17}};

TEST(Depthwise, IsItsDefinition) {
  for (const Simd simd : SupportedSimd()) {
    int counted = 0;
    for (const int kernel : {1, 3, 5, 7}) {
      for (const int stride : {1, 2, 3, 4}) {
        for (const int padding : {0, kernel / 2}) {
          for (const Side& side : kSides) {
            DepthwiseCase c = {1 + counted % 3, side.height, side.width, kernel, stride, padding};
            if (!c.exists()) continue;
            ++counted;
            c.bias = counted % 2 == 0;
            c.relu = counted % 3 == 0;
            c.affine = counted % 5 < 2;
            c.input_gradient = counted % 7 != 0;
            ExpectTheDefinition(c, simd);
            if (testing::Test::HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

// What each pair of these shares must not depend on the third: all of them, on one odd map.
TEST(Depthwise, IsItsDefinitionWhateverIsAskedBesides) {
  for (const Simd simd : SupportedSimd()) {
    for (const int stride : {1, 2}) {
      for (int asked = 0; asked < 32; ++asked) {
        if ((asked & 16) != 0 && (asked & 4) == 0) continue;
        DepthwiseCase c = {5, 7, 10, 3, stride, 1};
        c.bias = asked & 1;
        c.relu = asked & 2;
        c.affine = asked & 4;
        c.input_gradient = asked & 8;
        c.rectified = asked & 16;
        ExpectTheDefinition(c, simd);
      }
    }
  }
}

TEST(Depthwise, IsItsDefinitionOfBatchesThatFillABlockPartly) {
  for (const Simd simd : SupportedSimd()) {
    for (const int images : reference::kUglyBatches) {
      DepthwiseCase c = {3, 6, 5, 5, 1, 2};
      c.images = images;
      c.bias = true;
      c.affine = images % 2 == 0;
      ExpectTheDefinition(c, simd);
    }
  }
}

// Values that are all near 10, as what is read normalized often is: its mean is near 10 too.
TEST(Depthwise, IsItsDefinitionFarFromZero) {
  for (const Simd simd : SupportedSimd()) {
    for (const bool affine : {false, true}) {
      DepthwiseCase c = {3, 9, 7, 3, 2, 1};
      c.shift = 10;
      c.affine = affine;
      ExpectTheDefinition(c, simd);
    }
  }
}

TEST(Depthwise, TheDefinitionHasItsNumericGradients) {
  for (const int kernel : {3, 5}) {
    for (const int stride : {1, 2}) {
      DepthwiseCase c = {2, 6, 5, kernel, stride, kernel / 2};
      c.images = 2;
      c.bias = true;
      SCOPED_TRACE(testing::Message() << c);
      Operands operands(c);
      const Definition definition(c, operands);
      const auto loss = [&] { return definition.Loss(); };
      std::vector<double> dx, filters, biases;
      ForEachPixel(c, c.in(), [&](int n, int channel, int row, int column) {
        dx.push_back(definition.InputGradient(n, channel, row, column).value);
      });
      for (int channel = 0; channel < c.channels; ++channel) {
        for (int k = 0; k < c.taps(); ++k) {
          filters.push_back(
              definition.FilterGradient(channel, k / kernel, k % kernel, 0, c.images).value);
        }
        biases.push_back(definition.BiasGradient(channel, 0, c.images).value);
      }
      reference::ExpectNumericGradient("x", operands.x, dx, loss);
      reference::ExpectNumericGradient("weight", operands.weights, filters, loss);
      reference::ExpectNumericGradient("bias", operands.bias, biases, loss);
    }
  }
}

std::vector<float> ValuesOf(const BlockTensor& map, const DepthwiseCase& c) {
  std::vector<float> values;
  ForEachPixel(c, map.shape(), [&](int n, int channel, int row, int column) {
    values.push_back(map.block(n / kBlock).at(channel, row, column)[n % kBlock]);
  });
  return values;
}

TEST(Depthwise, DoesNotDependOnWhoComputes) {
  for (const Simd simd : SupportedSimd()) {
    DepthwiseCase c = {3, 9, 7, 3, 1, 1};
    c.images = 33;
    c.affine = c.bias = true;
    const Operands operands(c);
    const Fast one(c, operands, simd, 0), other(c, operands, simd, 3);
    EXPECT_EQ(ValuesOf(one.y(), c), ValuesOf(other.y(), c));
    EXPECT_EQ(ValuesOf(one.dx(), c), ValuesOf(other.dx(), c));
    EXPECT_EQ(one.weight_gradient(), other.weight_gradient());
    EXPECT_EQ(one.bias_gradient(), other.bias_gradient());
  }
}

TEST(Depthwise, AddsToTheGradientOfALaterApplication) {
  for (const Simd simd : SupportedSimd()) {
    DepthwiseCase c = {3, 9, 7, 3, 1, 1};
    c.bias = true;
    const Operands operands(c);
    const Fast once(c, operands, simd);
    c.accumulate = true;
    const Fast added(c, operands, simd);
    for (std::size_t i = 0; i < once.weight_gradient().size(); ++i) {
      EXPECT_EQ(added.weight_gradient()[i], Fast::kThere + once.weight_gradient()[i]);
    }
    for (std::size_t i = 0; i < once.bias_gradient().size(); ++i) {
      EXPECT_EQ(added.bias_gradient()[i], Fast::kThere + once.bias_gradient()[i]);
    }
  }
}

TEST(Depthwise, ReluHidesNoNan) {
  for (const Simd simd : SupportedSimd()) {
    SCOPED_TRACE(SimdName(simd));
    DepthwiseCase c = {2, 6, 11, 3, 1, 1};
    c.relu = true;
    Operands operands(c);
    operands.x[0] = std::numeric_limits<double>::quiet_NaN();
    const Fast fast(c, operands, simd);
    for (const int row : {0, 1, 2}) {
      for (const int column : {0, 1, 2}) {
        const bool reached = row < 2 && column < 2;
        EXPECT_EQ(std::isnan(fast.y(0, 0, row, column)), reached) << row << ", " << column;
      }
    }
    EXPECT_FALSE(std::isnan(fast.y(1, 0, 0, 0))) << "another image";
  }
}

}  // namespace
}  // namespace normlab
