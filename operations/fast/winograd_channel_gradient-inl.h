// The gradient of 3x3 filters by the transpose of Winograd's F(4x4, 3x3), as in
// operations/fast/winograd_gradient-inl.h, for many channels on small maps. There the sums of a
// pair of channels are added over a vector's images once for a few tiles, which at 64 x 64 channels
// and four tiles takes as long as the products. Here lanes are output channels: the output's
// gradient is transposed, a product takes an input's value of one image for all lanes, and no lanes
// are added. Measured (docs/performance.md): 1.6 times as fast at 64 channels on 8 x 8 pixels, 1.2
// at 32 on 16 x 16, slower at 16.
#if defined(NORMLAB_ENGINE_WINOGRAD_CHANNEL_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_WINOGRAD_CHANNEL_GRADIENT_INL_H_
#undef NORMLAB_ENGINE_WINOGRAD_CHANNEL_GRADIENT_INL_H_
#else
#define NORMLAB_ENGINE_WINOGRAD_CHANNEL_GRADIENT_INL_H_
#endif

#include <algorithm>
#include <cassert>

#include "base/at.h"
#include "hwy/highway.h"
#include "operations/fast/transpose-inl.h"
#include "operations/fast/winograd_stretch-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

class WinogradChannelGradient {
  static constexpr int kProducts = GradientGrid::kProducts;
  static constexpr int kWindow = FourOutputs::kWindow, kTile = FourOutputs::kTile;

 public:
  // Multiples of 16.
  WinogradChannelGradient(int inputs, int outputs) : inputs_(inputs), outputs_(outputs) {
    assert(inputs % kBlock == 0 && outputs % kBlock == 0);
  }

  static std::size_t WorkspaceSize(int inputs, int outputs) {
    return kProducts * (Stride(inputs) + Stride(outputs) + At(inputs) * At(outputs)) + kPixels;
  }

  // put(output, input, tap, sum) for every weight of one block.
  template <class Reader, class Put>
  void Run(const BlockView& x, const BlockView& affine, int padding, const BlockView& dy,
           float* workspace, const Put& put) const {
    float* inputs = workspace;
    float* gradients = inputs + kProducts * Stride(inputs_);
    float* sums = gradients + kProducts * Stride(outputs_);
    float* pixels = sums + kProducts * At(inputs_) * At(outputs_);
    const GradientGrid grid(dy.shape);
    for (int tile = 0; tile < grid.count; tile += kStretch) {
      const TileStretch stretch = {tile, std::min(kStretch, grid.count - tile)};
      TransformStretch<FourOutputs::Input, Reader>(
          grid, stretch, x, affine, padding,
          {.product = Stride(inputs_), .channel = kBlock, .tile = At(inputs_) * kBlock}, inputs);
      for (int t = 0; t < stretch.count; ++t) {
        TransformGradient(grid, tile + t, dy, pixels, gradients + At(t * outputs_) * kBlock);
      }
      AddProducts(inputs, gradients, stretch.count, tile == 0, sums);
    }
    for (int input = 0; input < inputs_; ++input) {
      for (int output = 0; output < outputs_; output += kVectorSize) {
        PutVector(sums, output, input, put);
      }
    }
  }

 private:
  static constexpr int kStretch = 2;  // tiles whose transforms wait in the second-level cache
  // [image][pixel of a tile][16 channels]
  static constexpr std::size_t kPixelsOfImage = At(kTile) * kTile * kBlock;
  static constexpr std::size_t kPixels = kBlock * kPixelsOfImage;

  // Floats from one product to the next, in [product][tile][input][image] and
  // [product][tile][image][output].
  static constexpr std::size_t Stride(int channels) {
    return (At(channels) * kStretch + 1) * kBlock;
  }

  void TransformGradient(const GradientGrid& grid, int tile, const BlockView& dy, float* pixels,
                         float* to) const {
    const SlidingWindow window = {0, grid.rows_left(tile), 0, grid.columns_left(tile)};
    const BlockView of_tile = {dy.at(0, grid.row(tile), grid.column(tile)), dy.shape, dy.row_stride,
                               dy.channel_stride};
    for (int first = 0; first < outputs_; first += kBlock, to += kBlock) {
      TransposePixels(of_tile.Channels(first, kBlock), window, pixels);
      for (int image = 0; image < kBlock; ++image) {
        for (int part = 0; part < kBlock; part += kVectorSize) {
          TransformPixels<FourOutputs::OutputGradient, FourOutputs::OutputGradient>(
              PlainReader({}, 0, 0), pixels + At(image) * kPixelsOfImage + part, kTile * kBlock,
              window, to + image * outputs_ + part, Stride(outputs_));
        }
      }
    }
  }

  // Of 16 channels.
  static void TransposePixels(const BlockView& tile, const SlidingWindow& window, float* pixels) {
    for (int row = 0; row < window.end_row; ++row) {
      for (int column = 0; column < window.end_column; ++column) {
        float* to = pixels + At(row * kTile + column) * kBlock;
        for (int channel = 0; channel < kBlock; channel += kVectorSize) {
          const float* from = tile.at(channel, row, column);
          for (int image = 0; image < kBlock; image += kTransposedColumns) {
            TransposeColumns(from + image, tile.channel_stride,
                             to + At(image) * kPixelsOfImage + channel, kPixelsOfImage);
          }
        }
      }
    }
  }

  // As many sums as the registers hold: those of four, two, one vectors of outputs, and of so many
  // inputs that there are 16 of them, or 8.
  void AddProducts(const float* inputs, const float* gradients, int tiles, bool first,
                   float* sums) const {
    constexpr int kSums = kManyRegisters ? 16 : 8;
    const int vectors = outputs_ / kVectorSize;
    for (int product = 0; product < kProducts; ++product) {
      if (kManyRegisters && vectors % 4 == 0) {
        AddProduct<4, kSums / 4>(inputs, gradients, tiles, first, sums);
      } else if (vectors % 2 == 0) {
        AddProduct<2, kSums / 2>(inputs, gradients, tiles, first, sums);
      } else {
        AddProduct<1, kSums>(inputs, gradients, tiles, first, sums);
      }
      inputs += Stride(inputs_);
      gradients += Stride(outputs_);
      sums += At(inputs_) * At(outputs_);
    }
  }

  template <int vectors, int count>
  void AddProduct(const float* inputs, const float* gradients, int tiles, bool first,
                  float* sums) const {
    for (int output = 0; output < outputs_; output += vectors * kVectorSize) {
      for (int input = 0; input < inputs_; input += count) {
        AddSums<vectors, count>(inputs + At(input) * kBlock, gradients + output, tiles, first,
                                sums + At(input) * At(outputs_) + output);
      }
    }
  }

  // sums[input][output] (+)= over tiles and images, in their order: input[image] * gradient.
  template <int vectors, int count>
  HWY_NOINLINE void AddSums(const float* HWY_RESTRICT inputs, const float* HWY_RESTRICT gradients,
                            int tiles, bool first, float* HWY_RESTRICT sums) const {
    const FloatTag d;
    const std::size_t outputs = At(outputs_), next_tile = At(inputs_ - 1) * kBlock;
    FloatVector sum[count][vectors];
    HWY_UNROLL(16)
    for (int i = 0; i < count; ++i) {
      HWY_UNROLL(4)
      for (int v = 0; v < vectors; ++v) sum[i][v] = hn::Zero(d);
    }
    for (int t = 0; t < tiles; ++t, inputs += next_tile) {
      for (int image = 0; image < kBlock; ++image, ++inputs, gradients += outputs) {
        FloatVector gradient[vectors];
        HWY_UNROLL(4)
        for (int v = 0; v < vectors; ++v) gradient[v] = hn::Load(d, gradients + v * kVectorSize);
        HWY_UNROLL(16)
        for (int i = 0; i < count; ++i) {
          const FloatVector input = hn::Set(d, inputs[i * kBlock]);
          HWY_UNROLL(4)
          for (int v = 0; v < vectors; ++v) sum[i][v] = hn::MulAdd(input, gradient[v], sum[i][v]);
        }
      }
    }
    HWY_UNROLL(16)
    for (int i = 0; i < count; ++i, sums += outputs) {
      HWY_UNROLL(4)
      for (int v = 0; v < vectors; ++v) {
        float* to = sums + v * kVectorSize;
        hn::Store(first ? sum[i][v] : hn::Add(hn::Load(d, to), sum[i][v]), d, to);
      }
    }
  }

  // The 9 gradients of an input's filters in as many outputs as a vector has lanes.
  template <class Put>
  void PutVector(const float* sums, int output, int input, const Put& put) const {
    const FloatTag d;
    const std::size_t stride = At(inputs_) * At(outputs_);
    const float* from = sums + At(input) * At(outputs_) + output;
    HWY_ALIGN float gradients[9][kVectorSize];
    TransformTile<FourOutputs::FilterGradient, FourOutputs::FilterGradient>(
        [&](int row, int column) {
          return hn::Load(d, from + At(row * kWindow + column) * stride);
        },
        [&](int row, int column, FloatVector value) {
          hn::Store(value, d, gradients[row * 3 + column]);
        });
    for (int k = 0; k < kVectorSize; ++k) {
      for (int tap = 0; tap < 9; ++tap) put(output + k, input, tap, gradients[tap][k]);
    }
  }

  int inputs_, outputs_;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_WINOGRAD_CHANNEL_GRADIENT_INL_H_
