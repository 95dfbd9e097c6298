// A convolution, and the gradient of its weights, by direct sums: how channels are cut into tiles,
// and which kernel of operations/fast/convolution_tiles-inl.h computes each.
#if defined(NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_
#undef NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_
#else
#define NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_
#endif

#include <cassert>
#include <vector>

#include "operations/fast/convolution_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Output channels that one tile computes together, and their weights as the tile reads them.
struct ChannelTile {
  int first;
  int channels;        // 6, 4, 2 or 1
  std::size_t packed;  // offset of [input][ky][kx][channels] in the packed weights
};

// Whole tiles of 4, or of 6 where they leave no rest; what remains in tiles of 6, 2, 1.
inline std::vector<ChannelTile> TileChannels(int channels, std::size_t weights_per_channel) {
  std::vector<ChannelTile> tiles;
  for (int first = 0; first < channels;) {
    const int left = channels - first;
    int size = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    if (kWidestTile == 6 && (left == 6 || channels % 6 == 0)) size = 6;
    tiles.push_back({first, size, static_cast<std::size_t>(first) * weights_per_channel});
    first += size;
  }
  return tiles;
}

template <int kernel, class Reader>
void ConvolveTiles(const std::vector<ChannelTile>& tiles, const std::vector<float>& packed,
                   const BlockView& x, const BlockView& affine, int border, Store store,
                   const BlockView& y) {
  const FloorStore kernel_store(store);
  for (int row = 0; row < y.shape.height; ++row) {
    const float* x_at = x.at(0, row - border, -border);
    for (const ChannelTile& tile : tiles) {
      const float* weights = packed.data() + tile.packed;
      float* y_at = y.at(tile.first, row, 0);
      switch (tile.channels) {
        case 6:
          if constexpr (kWidestTile == 6) {
            ConvolveRow<kernel, 6, Reader>(x, affine, weights, kernel_store, x_at, y_at, y);
          }
          break;
        case 4:
          ConvolveRow<kernel, 4, Reader>(x, affine, weights, kernel_store, x_at, y_at, y);
          break;
        case 2:
          ConvolveRow<kernel, 2, Reader>(x, affine, weights, kernel_store, x_at, y_at, y);
          break;
        default:
          ConvolveRow<kernel, 1, Reader>(x, affine, weights, kernel_store, x_at, y_at, y);
      }
      if (IsSloped(store)) {
        RectifyPixels(store, y, {tile.first, tile.channels}, {row, 1}, {0, y.shape.width});
      }
    }
  }
}

// 3x3: 3 outputs x 9 taps fill AVX-512's registers; with 16 registers 4 outputs x one row of taps.
template <class Put>
void WeightGradient3x3(const BlockView& dy, const BlockView& x, int padding, const Put& put) {
  constexpr int kOutputs = kManyRegisters ? 3 : 4;
  constexpr int kRows = kManyRegisters ? 3 : 1;
  const int outputs = dy.shape.channels;
  for (int output = 0; output < outputs;) {
    const int left = outputs - output;
    const int size = left >= kOutputs && left != 4 ? kOutputs : left >= 2 ? 2 : 1;
    for (int input = 0; input < x.shape.channels; ++input) {
      const auto put_input = [&](int o, int ky, int kx, float sum) { put(o, input, ky, kx, sum); };
      const float* x_at = x.at(input, -padding, -padding);
      for (int row = 0; row < 3; row += kRows) {
        if (size == kOutputs) {
          WeightGradientTile<3, kOutputs, kRows>(dy, output, x_at, x.row_stride, row, put_input);
        } else if (size == 2) {
          WeightGradientTile<3, 2, kRows>(dy, output, x_at, x.row_stride, row, put_input);
        } else {
          WeightGradientTile<3, 1, kRows>(dy, output, x_at, x.row_stride, row, put_input);
        }
      }
    }
    output += size;
  }
}

template <class Reader, class Put>
void WeightGradient1x1(const BlockView& dy, const BlockView& x, const BlockView& affine,
                       const Put& put) {
  constexpr int kInputs = kManyRegisters ? 4 : 2;
  for (int output = 0; output < dy.shape.channels;) {
    const bool wide_output = dy.shape.channels - output >= 4;
    for (int input = 0; input < x.shape.channels;) {
      const bool wide_input = x.shape.channels - input >= kInputs;
      if (wide_output && wide_input) {
        PointwiseGradientTile<4, kInputs, Reader>(dy, output, x, affine, input, put);
      } else if (wide_output) {
        PointwiseGradientTile<4, 1, Reader>(dy, output, x, affine, input, put);
      } else if (wide_input) {
        PointwiseGradientTile<1, kInputs, Reader>(dy, output, x, affine, input, put);
      } else {
        PointwiseGradientTile<1, 1, Reader>(dy, output, x, affine, input, put);
      }
      input += wide_input ? kInputs : 1;
    }
    output += wide_output ? 4 : 1;
  }
}

// weight(output, input, tap) in the place of [output][input][tap], packed as tiles read them.
class DirectConvolution {
 public:
  DirectConvolution(int inputs, int outputs, int kernel)
      : kernel_(kernel),
        inputs_(inputs),
        tiles_(TileChannels(outputs, static_cast<std::size_t>(inputs) * kernel * kernel)),
        packed_(static_cast<std::size_t>(inputs) * outputs * kernel * kernel) {}

  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    float* to = packed_.data();
    for (const ChannelTile& tile : tiles_) {
      for (int input = 0; input < inputs_; ++input) {
        for (int tap = 0; tap < kernel_ * kernel_; ++tap) {
          for (int c = 0; c < tile.channels; ++c) *to++ = weight(tile.first + c, input, tap);
        }
      }
    }
  }

  template <class Reader>
  void Run(const BlockView& x, const BlockView& affine, int border, Store store,
           const BlockView& y) const {
    if (kernel_ == 1) {
      ConvolveTiles<1, Reader>(tiles_, packed_, x, affine, border, store, y);
    } else {
      assert(!Reader::kNormalizes);
      ConvolveTiles<3, PlainReader>(tiles_, packed_, x, affine, border, store, y);
    }
  }

 private:
  int kernel_, inputs_;
  std::vector<ChannelTile> tiles_;
  std::vector<float> packed_;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_
