// A convolution of any kernel and stride by direct sums: how output channels are cut into tiles for
// operations/fast/convolution_tiles-inl.h, and which pixels a list of taps reads.
#if defined(NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_
#undef NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_
#else
#define NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_
#endif

#include <cassert>
#include <vector>

#include "base/at.h"
#include "operations/fast/convolution_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Output channels that one tile computes together, and their weights as the tile reads them.
struct ChannelTile {
  int first;
  int channels;        // 6, 4, 2 or 1
  std::size_t packed;  // offset of [input][tap][channels] in the packed weights
};

// Whole tiles of 4, or of 6 where they leave no rest; what remains in tiles of 6, 2, 1.
inline std::vector<ChannelTile> TileChannels(int channels, std::size_t weights_per_channel) {
  std::vector<ChannelTile> tiles;
  for (int first = 0; first < channels;) {
    const int left = channels - first;
    int size = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    if (kWidestTile == 6 && (left == 6 || channels % 6 == 0)) size = 6;
    tiles.push_back({first, size, At(first) * weights_per_channel});
    first += size;
  }
  return tiles;
}

// Where it reads, from the pixel that the output stands on, and which weight of the filter it has.
struct Tap {
  int row, column;
  int weight;
};

// Those of a kernel in the order of its weights, the first one standing on the pixel.
inline std::vector<Tap> KernelTaps(int kernel) {
  std::vector<Tap> taps;
  for (int tap = 0; tap < kernel * kernel; ++tap) taps.push_back({tap / kernel, tap % kernel, tap});
  return taps;
}

class DirectConvolution {
 public:
  DirectConvolution(int inputs, int outputs, std::vector<Tap> taps)
      : inputs_(inputs),
        taps_(std::move(taps)),
        tiles_(TileChannels(outputs, At(inputs) * taps_.size())),
        packed_(At(inputs) * At(outputs) * taps_.size()),
        zeros_(At(outputs)) {
    assert(taps_.size() <= kMostTaps);
  }

  // weight(output, input, number of the weight)
  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    float* to = packed_.data();
    for (const ChannelTile& tile : tiles_) {
      for (int input = 0; input < inputs_; ++input) {
        for (const Tap& tap : taps_) {
          for (int c = 0; c < tile.channels; ++c) *to++ = weight(tile.first + c, input, tap.weight);
        }
      }
    }
  }

  // `from`: the pixel of x's first channel that y's first one stands on; the next ones follow by
  // `step`. y's pixels in a row lie `y_column` floats apart. `biases`: of each output, or null.
  template <class Reader>
  void Run(const BlockView& x, const BlockView& affine, const float* from, int step,
           const float* biases, Store store, const BlockView& y, std::size_t y_column) const {
    const int taps = static_cast<int>(taps_.size());
    assert(!Reader::kNormalizes || taps == 1);
    std::ptrdiff_t steps[kMostTaps];
    for (int tap = 0; tap < taps; ++tap) {
      const Tap &here = taps_[At(tap)], &next = taps_[At((tap + 1) % taps)];
      steps[tap] = x.at(0, next.row, next.column) - x.at(0, here.row, here.column);
    }
    if (taps > 0) {
      steps[taps - 1] += static_cast<std::ptrdiff_t>(x.channel_stride);
      from += x.at(0, taps_[0].row, taps_[0].column) - x.at(0, 0, 0);
    }
    if (biases == nullptr) biases = zeros_.data();
    TapSum sums;
    sums.store = FloorStore(store);
    sums.terms = inputs_ * taps;
    sums.steps = steps;
    sums.end = steps + taps;
    sums.x_column = At(step) * kBlock;
    sums.y_channel = y.channel_stride;
    sums.y_column = y_column;
    sums.affine = affine;
    const std::size_t x_row = At(step) * x.row_stride;
    for (int row = 0; row < y.shape.height; ++row, from += x_row) {
      RunRow<Reader>(sums, from, biases, y.at(0, row, 0), y.shape.width);
      if (IsSloped(store)) {
        RectifyPixels(store, y, {0, y.shape.channels}, {row, 1}, {0, y.shape.width});
      }
    }
  }

 private:
  static constexpr std::size_t kMostTaps = 49;

  // All channels of a few columns before the next columns: their pixels stay in the first-level
  // cache.
  template <class Reader>
  void RunRow(const TapSum& sums, const float* from, const float* biases, float* to,
              int width) const {
    for (int columns = 0; width > 0; width -= columns) {
      columns = NextColumns(width);
      for (int part = 0; part < kBlock; part += kVectorSize) {
        for (const ChannelTile& tile : tiles_) {
          SumTapsOf<Reader>(tile.channels, columns, sums, part, from + part,
                            packed_.data() + tile.packed, biases + tile.first,
                            to + tile.first * sums.y_channel + part);
        }
      }
      from += columns * sums.x_column;
      to += columns * sums.y_column;
    }
  }

  int inputs_;
  std::vector<Tap> taps_;
  std::vector<ChannelTile> tiles_;
  std::vector<float> packed_;  // [tile][input][tap][channels of the tile]
  std::vector<float> zeros_;   // no biases
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_DIRECT_CONVOLUTION_INL_H_
