// The register-blocked convolution against the definition, in double, over every width and channel
// count around its tiles, on every instruction set.
#include "operations/fast/convolution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "operations/fast/algorithm.h"

namespace normlab {
namespace {

struct Sizes {
  int inputs, outputs, height, width, kernel, padding;
};

void Fill(const BlockView& view, int salt) {
  unsigned state = 12345u + static_cast<unsigned>(salt);
  for (int c = 0; c < view.shape.channels; ++c) {
    for (int y = 0; y < view.shape.height; ++y) {
      for (int i = 0; i < view.shape.width * kBlock; ++i) {
        state = state * 1664525u + 1013904223u;
        view.at(c, y, 0)[i] = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
      }
    }
  }
}

double Padded(const BlockView& view, int channel, int y, int x, int lane) {
  const bool inside = y >= 0 && x >= 0 && y < view.shape.height && x < view.shape.width;
  return inside ? view.at(channel, y, x)[lane] : 0.0;
}

class Layer {
 public:
  Layer(const Sizes& sizes, Simd simd, bool relu)
      : sizes_(sizes),
        relu_(relu),
        x_({sizes.inputs, sizes.height, sizes.width}, 1, sizes.padding),
        y_({sizes.outputs, Out(sizes.height), Out(sizes.width)}, 1, 1),
        dy_(y_.shape(), 1, sizes.kernel - 1 - sizes.padding),
        dx_(x_.shape(), 1, 2),
        weights_(static_cast<std::size_t>(sizes.inputs) * sizes.outputs * Taps()),
        gradient_(weights_.size(), 1000.0f) {
    Fill(x_.block(0), 1);
    Fill(dy_.block(0), 2);
    for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i] = std::sin(0.7f * (i + 1));
    ConvolutionPlan plan;
    plan.options = {.channels = sizes.outputs, .kernel = sizes.kernel, .padding = sizes.padding};
    plan.store = {relu, 0.0f};
    plan.weights = weights_.data();
    plan.x = &x_;
    plan.y = &y_;
    plan.y_gradient = &dy_;
    plan.x_gradient = &dx_;
    plan.weight_gradient = {gradient_.data(), gradient_.size(), false};
    plan.workspace = &workspace_;
    const auto convolution = MakeConvolution(simd, plan);
    workspace_.Allocate(1);
    Batch batch;
    batch.count = kBlock;
    Pass pass;
    pass.batch = &batch;
    convolution->Begin(pass);
    convolution->Forward(pass, 0);
    convolution->WeightGradient(pass, 0);
    convolution->Backward(pass, 0);
  }

  // Root mean square of the errors of the forward pass, and of the same sums in float32, tap by
  // tap.
  struct Errors {
    double ours = 0, plain = 0;
  };
  Errors ForwardErrors() const {
    const BlockView x = x_.block(0), y = y_.block(0);
    Errors errors;
    for (int o = 0; o < sizes_.outputs; ++o) {
      for (int row = 0; row < y.shape.height; ++row) {
        for (int column = 0; column < y.shape.width; ++column) {
          const int lane = (row + 3 * column + o) % kBlock;
          double exact = 0;
          float plain = 0;
          for (int i = 0; i < sizes_.inputs; ++i) {
            for (int k = 0; k < 9; ++k) {
              const double pixel =
                  Padded(x, i, row + k / 3 - sizes_.padding, column + k % 3 - sizes_.padding, lane);
              exact += Weight(o, i, k / 3, k % 3) * pixel;
              plain += static_cast<float>(Weight(o, i, k / 3, k % 3)) * static_cast<float>(pixel);
            }
          }
          errors.ours += std::pow(y.at(o, row, column)[lane] - exact, 2);
          errors.plain += std::pow(plain - exact, 2);
        }
      }
    }
    return {std::sqrt(errors.ours), std::sqrt(errors.plain)};
  }

  // Every sum has at most inputs * 9 (or outputs * 9, or pixels * 16) terms of at most 1; float32
  // rounds each addition by at most 2^-24 of the running sum.
  void ExpectTheDefinition() {
    ExpectForward();
    ExpectInputGradient();
    ExpectWeightGradient();
    ExpectZeroBorder(y_, 1);
    ExpectZeroBorder(dx_, 2);
  }

  const std::vector<float>& weight_gradient() const { return gradient_; }
  // Of each so-manieth pair of channels.
  void ExpectWeightGradient(int each = 1) {
    const BlockView x = x_.block(0), dy = dy_.block(0);
    const int terms = dy.shape.height * dy.shape.width * kBlock;
    for (int pair = 0; pair < sizes_.outputs * sizes_.inputs; pair += each) {
      const int o = pair / sizes_.inputs, i = pair % sizes_.inputs;
      for (int k = 0; k < Taps(); ++k) {
        const int ky = k / sizes_.kernel - sizes_.padding;
        const int kx = k % sizes_.kernel - sizes_.padding;
        double sum = 0;
        for (int pixel = 0; pixel < terms / kBlock; ++pixel) {
          const int row = pixel / dy.shape.width, column = pixel % dy.shape.width;
          for (int lane = 0; lane < kBlock; ++lane) {
            sum += Padded(x, i, row + ky, column + kx, lane) * dy.at(o, row, column)[lane];
          }
        }
        ASSERT_NEAR(gradient_[static_cast<std::size_t>(pair) * Taps() + k], sum, Bound(terms));
      }
    }
  }

 private:
  int Out(int size) const { return size + 2 * sizes_.padding - sizes_.kernel + 1; }
  int Taps() const { return sizes_.kernel * sizes_.kernel; }
  double Weight(int o, int i, int ky, int kx) const {
    return weights_[((static_cast<std::size_t>(o) * sizes_.inputs + i) * sizes_.kernel + ky) *
                        sizes_.kernel +
                    kx];
  }
  static double Bound(int terms) { return 6e-8 * terms * std::sqrt(terms) + 1e-7; }

  void ExpectForward() {
    const BlockView x = x_.block(0), y = y_.block(0);
    for (int o = 0; o < sizes_.outputs; ++o) {
      for (int row = 0; row < y.shape.height; ++row) {
        for (int column = 0; column < y.shape.width; ++column) {
          const int lane = (row + 3 * column + o) % kBlock;
          double sum = 0;
          for (int i = 0; i < sizes_.inputs; ++i) {
            for (int k = 0; k < Taps(); ++k) {
              const int ky = k / sizes_.kernel, kx = k % sizes_.kernel;
              sum += Weight(o, i, ky, kx) *
                     Padded(x, i, row + ky - sizes_.padding, column + kx - sizes_.padding, lane);
            }
          }
          if (relu_) sum = std::max(sum, 0.0);
          ASSERT_NEAR(y.at(o, row, column)[lane], sum, Bound(sizes_.inputs * Taps()));
        }
      }
    }
  }

  void ExpectInputGradient() {
    const BlockView dx = dx_.block(0), dy = dy_.block(0);
    for (int i = 0; i < sizes_.inputs; ++i) {
      for (int row = 0; row < dx.shape.height; ++row) {
        for (int column = 0; column < dx.shape.width; ++column) {
          const int lane = (2 * row + column + i) % kBlock;
          double sum = 0;
          for (int o = 0; o < sizes_.outputs; ++o) {
            for (int k = 0; k < Taps(); ++k) {
              const int ky = k / sizes_.kernel, kx = k % sizes_.kernel;
              sum += Weight(o, i, ky, kx) *
                     Padded(dy, o, row - ky + sizes_.padding, column - kx + sizes_.padding, lane);
            }
          }
          ASSERT_NEAR(dx.at(i, row, column)[lane], sum, Bound(sizes_.outputs * Taps()));
        }
      }
    }
  }

  static void ExpectZeroBorder(const BlockTensor& map, int border) {
    const BlockView view = map.block(0);
    for (int c = 0; c < view.shape.channels; ++c) {
      for (int row = -border; row < view.shape.height + border; ++row) {
        for (int column = -border; column < view.shape.width + border; ++column) {
          const bool inside =
              row >= 0 && column >= 0 && row < view.shape.height && column < view.shape.width;
          if (inside) continue;
          for (int lane = 0; lane < kBlock; ++lane) {
            ASSERT_EQ(view.at(c, row, column)[lane], 0.0f) << "written outside the map";
          }
        }
      }
    }
  }

  Sizes sizes_;
  bool relu_;
  BlockTensor x_, y_, dy_, dx_;
  Workspace workspace_;
  std::vector<float> weights_, gradient_;
};

TEST(Convolution, IsItsDefinitionAroundEveryTile) {
  for (Simd simd : SupportedSimd()) {
    for (int kernel : {1, 3}) {
      for (int padding = 0; padding <= kernel / 2; ++padding) {
        for (int width = kernel; width <= 10; ++width) {
          const int channels = 1 + (5 * width + kernel + padding) % 13;
          const Sizes sizes = {channels, 1 + (3 * width) % 13, kernel + 1, width, kernel, padding};
          SCOPED_TRACE(testing::Message() << SimdName(simd) << " kernel " << kernel << " padding "
                                          << padding << " width " << width << " channels "
                                          << sizes.inputs << " to " << sizes.outputs);
          Layer(sizes, simd, width % 2 == 0).ExpectTheDefinition();
        }
        for (int channels = 1; channels <= 14; ++channels) {
          const Sizes sizes = {channels, 15 - channels, 5, 7, kernel, padding};
          SCOPED_TRACE(testing::Message()
                       << SimdName(simd) << " kernel " << kernel << " padding " << padding
                       << " channels " << channels << " to " << sizes.outputs);
          Layer(sizes, simd, false).ExpectTheDefinition();
        }
      }
    }
  }
}

// The layers of the presets, and maps that leave partial tiles on both edges.
const Sizes kWinogradSizes[] = {
    {12, 16, 32, 32, 3, 1}, {8, 24, 16, 16, 3, 1},  {24, 24, 16, 16, 3, 1}, {32, 32, 8, 8, 3, 1},
    {8, 16, 26, 26, 3, 0},  {16, 16, 10, 10, 3, 0}, {13, 19, 13, 11, 3, 1}, {30, 17, 15, 9, 3, 0}};

TEST(Convolution, IsItsDefinitionInWinogradsTiles) {
  for (const Sizes& sizes : kWinogradSizes) {
    SCOPED_TRACE(testing::Message() << sizes.inputs << " to " << sizes.outputs << " channels, "
                                    << sizes.height << " x " << sizes.width);
    const ConvolutionOptions options = {
        .channels = sizes.outputs, .kernel = 3, .padding = sizes.padding};
    const Shape input = {sizes.inputs, sizes.height, sizes.width};
    ASSERT_EQ(ForwardAlgorithm(Simd::kAvx2, options, input), Algorithm::kWinograd);
    ASSERT_EQ(InputGradientAlgorithm(Simd::kAvx2, options, input), Algorithm::kWinograd);
    ASSERT_EQ(FilterGradientAlgorithm(Simd::kAvx2, options, input), Algorithm::kWinograd);
    for (Simd simd : SupportedSimd()) {
      SCOPED_TRACE(SimdName(simd));
      Layer(sizes, simd, true).ExpectTheDefinition();
    }
  }
}

// Whole and partial tiles, an odd number of them, more inputs than outputs and the other way round.
const Sizes kChannelSizes[] = {{32, 32, 16, 16, 3, 1}, {64, 64, 8, 8, 3, 1},
                               {48, 32, 13, 15, 3, 1}, {32, 48, 18, 15, 3, 0},
                               {96, 64, 5, 10, 3, 1},  {64, 80, 9, 9, 3, 1}};

TEST(Convolution, TheFiltersGradientIsItsDefinitionChannelByChannel) {
  for (const Sizes& sizes : kChannelSizes) {
    SCOPED_TRACE(testing::Message() << sizes.inputs << " to " << sizes.outputs << " channels, "
                                    << sizes.height << " x " << sizes.width);
    const ConvolutionOptions options = {
        .channels = sizes.outputs, .kernel = 3, .padding = sizes.padding};
    const Shape input = {sizes.inputs, sizes.height, sizes.width};
    ASSERT_EQ(FilterGradientAlgorithm(Simd::kAvx2, options, input), Algorithm::kWinogradByChannels);
    for (Simd simd : SupportedSimd()) {
      SCOPED_TRACE(SimdName(simd));
      Layer(sizes, simd, false).ExpectWeightGradient(7);
    }
  }
}

TEST(Convolution, TheFiltersGradientHasTheSameBitsWithAvx2AndAvx512) {
  const std::vector<Simd> simds = SupportedSimd();
  if (std::ranges::find(simds, Simd::kAvx512) == simds.end()) GTEST_SKIP() << "has no AVX-512";
  for (const std::span<const Sizes> list :
       {std::span<const Sizes>(kWinogradSizes), std::span<const Sizes>(kChannelSizes)}) {
    for (const Sizes& sizes : list) {
      EXPECT_EQ(Layer(sizes, Simd::kAvx2, false).weight_gradient(),
                Layer(sizes, Simd::kAvx512, false).weight_gradient())
          << sizes.inputs << " to " << sizes.outputs << " channels";
    }
  }
}

// The factor that the whole training is held to beside PyTorch's float32 (tests/train).
TEST(Convolution, LosesNoMoreDigitsThanFourTimesAPlainSum) {
  for (const Sizes& sizes : kWinogradSizes) {
    for (Simd simd : SupportedSimd()) {
      const Layer::Errors errors = Layer(sizes, simd, false).ForwardErrors();
      EXPECT_GT(errors.plain, 0);
      EXPECT_LE(errors.ours, 4 * errors.plain)
          << SimdName(simd) << ", " << sizes.inputs << " to " << sizes.outputs << " channels";
    }
  }
}

}  // namespace
}  // namespace normlab
