// The gradient of 3x3 filters by the transpose of Winograd's F(4x4, 3x3): the products of
// transformed inputs and transformed output gradients are summed over tiles, lanes and stretches of
// the map, and transformed back once.
#if defined(NORMLAB_ENGINE_WINOGRAD_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_WINOGRAD_GRADIENT_INL_H_
#undef NORMLAB_ENGINE_WINOGRAD_GRADIENT_INL_H_
#else
#define NORMLAB_ENGINE_WINOGRAD_GRADIENT_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/winograd_stretch-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

class WinogradGradient {
  static constexpr int kProducts = GradientGrid::kProducts;

 public:
  WinogradGradient(int inputs, int outputs)
      : inputs_(inputs),
        outputs_(outputs),
        padded_inputs_(RoundUp(inputs)),
        padded_outputs_(RoundUp(outputs)) {}

  static std::size_t WorkspaceSize(int inputs, int outputs) {
    const int in = RoundUp(inputs), out = RoundUp(outputs);
    return kProducts * (Stride(in) + Stride(out) + static_cast<std::size_t>(in) * out);
  }

  // put(output, input, tap, sum) for every weight of one block.
  template <class Reader, class Put>
  void Run(const BlockView& x, const BlockView& affine, int padding, const BlockView& dy,
           float* workspace, const Put& put) const {
    float* inputs = workspace;
    float* gradients = inputs + kProducts * Stride(padded_inputs_);
    float* sums = gradients + kProducts * Stride(padded_outputs_);
    const GradientGrid grid(dy.shape);
    for (int tile = 0; tile < grid.count; tile += kStretch) {
      const TileStretch stretch = {tile, std::min(kStretch, grid.count - tile)};
      TransformStretch<FourOutputs::Input, Reader>(grid, stretch, x, affine, padding,
                                                   StepsOf(padded_inputs_), inputs);
      TransformStretch<FourOutputs::OutputGradient, PlainReader>(
          grid, stretch, dy, dy, 0, StepsOf(padded_outputs_), gradients);
      AddProducts(inputs, gradients, stretch.count, tile == 0, sums);
    }
    for (int output = 0; output < outputs_; output += kSide) {
      for (int input = 0; input < inputs_; input += kSide) PutTile(sums, output, input, put);
    }
  }

 private:
  static constexpr int kSide = 4;  // 4 outputs x 4 inputs: 16 sums, a vector's worth
  // Tiles whose transforms wait in the second-level cache.
  static constexpr int kStretch = TileStretch::kMostTiles;

  static constexpr int RoundUp(int channels) { return (channels + kSide - 1) / kSide * kSide; }

  // Floats from one product to the next in [product][channel][tile of the stretch][16].
  static constexpr std::size_t Stride(int channels) {
    return (static_cast<std::size_t>(channels) * kStretch + 1) * kBlock;
  }

  static constexpr StretchSteps StepsOf(int channels) {
    return {.product = Stride(channels), .channel = At(kStretch) * kBlock, .tile = kBlock};
  }

  void AddProducts(const float* inputs, const float* gradients, int tiles, bool first,
                   float* sums) const {
    for (int product = 0; product < kProducts; ++product) {
      for (int output = 0; output < padded_outputs_; output += kSide) {
        for (int input = 0; input < padded_inputs_; input += kSide, sums += kSide * kSide) {
          AddSquare(inputs + static_cast<std::size_t>(input) * kStretch * kBlock,
                    gradients + static_cast<std::size_t>(output) * kStretch * kBlock, tiles, first,
                    sums);
        }
      }
      inputs += Stride(padded_inputs_);
      gradients += Stride(padded_outputs_);
    }
  }

  // sums[4][4] (+)= over tiles and lanes: gradient[output] * input[input].
  static HWY_INLINE void AddSquare(const float* HWY_RESTRICT inputs,
                                   const float* HWY_RESTRICT gradients, int tiles, bool first,
                                   float* HWY_RESTRICT sums) {
    const FloatTag d;
    // As many sums at once as the registers hold: all 16, or half of them.
    constexpr int kOutputs = kManyRegisters ? 4 : 2;
    for (int o = 0; o < kSide; o += kOutputs) {
      FloatVector parts[kVectors][kOutputs * kSide];
      for (int part = 0; part < kVectors; ++part) {
        FloatVector sum[kOutputs * kSide];
        HWY_UNROLL(16)
        for (int k = 0; k < kOutputs * kSide; ++k) sum[k] = hn::Zero(d);
        const float* input = inputs + part * kVectorSize;
        const float* gradient = gradients + o * kStretch * kBlock + part * kVectorSize;
        for (int t = 0; t < tiles; ++t, input += kBlock, gradient += kBlock) {
          FloatVector pixel[kSide];
          HWY_UNROLL(4)
          for (int i = 0; i < kSide; ++i) pixel[i] = hn::Load(d, input + i * kStretch * kBlock);
          HWY_UNROLL(4)
          for (int k = 0; k < kOutputs; ++k) {
            const FloatVector dy = hn::Load(d, gradient + k * kStretch * kBlock);
            HWY_UNROLL(4)
            for (int i = 0; i < kSide; ++i) {
              sum[k * kSide + i] = hn::MulAdd(pixel[i], dy, sum[k * kSide + i]);
            }
          }
        }
        HWY_UNROLL(16)
        for (int k = 0; k < kOutputs * kSide; ++k) parts[part][k] = sum[k];
      }
      SumLanesOfEach<kOutputs * kSide>(parts, first, sums + o * kSide);
    }
  }

  // The 9 gradients of 4 x 4 pairs from their 36 sums.
  template <class Put>
  void PutTile(const float* sums, int output, int input, const Put& put) const {
    const FloatTag d;
    const std::size_t stride = static_cast<std::size_t>(padded_outputs_) * padded_inputs_;
    const std::size_t square = output / kSide * (padded_inputs_ / kSide) + input / kSide;
    const float* from = sums + square * kSide * kSide;
    for (int part = 0; part < kSide * kSide; part += kVectorSize) {
      HWY_ALIGN float gradients[9][kVectorSize];
      TransformTile<FourOutputs::FilterGradient, FourOutputs::FilterGradient>(
          [&](int row, int column) {
            return hn::Load(d, from + (row * FourOutputs::kWindow + column) * stride + part);
          },
          [&](int row, int column, FloatVector value) {
            hn::Store(value, d, gradients[row * 3 + column]);
          });
      for (int k = 0; k < kVectorSize; ++k) {
        const int o = output + (part + k) / kSide, i = input + (part + k) % kSide;
        if (o >= outputs_ || i >= inputs_) continue;
        for (int tap = 0; tap < 9; ++tap) put(o, i, tap, gradients[tap][k]);
      }
    }
  }

  int inputs_, outputs_, padded_inputs_, padded_outputs_;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_WINOGRAD_GRADIENT_INL_H_
