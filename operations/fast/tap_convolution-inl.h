// A convolution of any kernel and stride by direct sums, and the gradient of its input.
//
// The gradient of an input pixel is a sum over those taps that meet it: with p = row + padding the
// taps ky that leave p - ky a multiple of the stride. So the pixels fall into stride x stride
// phases, (p mod stride) of rows and of columns, and each phase is a dense convolution of the
// output's gradient with taps of its own. No zero is multiplied.
#if defined(NORMLAB_ENGINE_TAP_CONVOLUTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_TAP_CONVOLUTION_INL_H_
#undef NORMLAB_ENGINE_TAP_CONVOLUTION_INL_H_
#else
#define NORMLAB_ENGINE_TAP_CONVOLUTION_INL_H_
#endif

#include <cassert>
#include <vector>

#include "base/at.h"
#include "operations/fast/direct_convolution-inl.h"
#include "operations/fast/tap_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

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

class TapConvolution {
 public:
  TapConvolution(int inputs, int outputs, std::vector<Tap> taps)
      : inputs_(inputs),
        taps_(std::move(taps)),
        tiles_(TileChannels(outputs, static_cast<std::size_t>(inputs) * taps_.size())),
        packed_(static_cast<std::size_t>(inputs) * outputs * taps_.size()) {
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
  // `step`. y's pixels in a row lie `y_column` floats apart. `biases`: of each output.
  template <class Reader>
  void Run(const BlockView& x, const BlockView& affine, const float* from, int step,
           const float* biases, bool relu, const BlockView& y, std::size_t y_column) const {
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
    TapSum sums;
    sums.terms = inputs_ * taps;
    sums.steps = steps;
    sums.end = steps + taps;
    sums.x_column = static_cast<std::size_t>(step) * kBlock;
    sums.y_channel = y.channel_stride;
    sums.y_column = y_column;
    sums.affine = affine;
    sums.relu = relu;
    const std::size_t x_row = static_cast<std::size_t>(step) * x.row_stride;
    for (int row = 0; row < y.shape.height; ++row, from += x_row) {
      RunRow<Reader>(sums, from, biases, y.at(0, row, 0), y.shape.width);
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
};

// Along one axis: the pixels first, first + stride, ... of the input, which see the taps first_tap,
// first_tap + stride, ... of the kernel. The first pixel stands on `gradient` of the output, the
// j-th tap reads j rows or columns before that.
struct Phase1d {
  int first, count;
  int first_tap, taps;
  int gradient;
};

inline std::vector<Phase1d> PhasesOf(int side, int kernel, int padding, int stride) {
  std::vector<Phase1d> phases;
  for (int first = 0; first < std::min(side, stride); ++first) {
    const int tap = (first + padding) % stride;
    const int taps = tap < kernel ? (kernel - tap + stride - 1) / stride : 0;
    const int count = (side - first + stride - 1) / stride;
    phases.push_back({first, count, tap, taps, (first + padding) / stride});
  }
  return phases;
}

class TapInputGradient {
 public:
  // From `outputs` channels of the gradient to the channels of `input`.
  TapInputGradient(int outputs, const Shape& input, int kernel, int padding, int stride)
      : stride_(stride), zeros_(static_cast<std::size_t>(input.channels)) {
    for (const Phase1d& rows : PhasesOf(input.height, kernel, padding, stride)) {
      for (const Phase1d& columns : PhasesOf(input.width, kernel, padding, stride)) {
        std::vector<Tap> taps;
        for (int a = rows.taps; a-- > 0;) {
          for (int b = columns.taps; b-- > 0;) {
            taps.push_back(
                {-a, -b, (rows.first_tap + a * stride) * kernel + columns.first_tap + b * stride});
          }
        }
        phases_.push_back(
            {rows, columns, TapConvolution(outputs, input.channels, std::move(taps))});
      }
    }
  }

  // weight(output, input, number of the weight) of the convolution itself.
  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    for (Phase& phase : phases_) {
      phase.convolution.Pack(
          [&](int input, int output, int tap) { return weight(output, input, tap); });
    }
  }

  void Run(const BlockView& dy, const BlockView& dx) const {
    for (const Phase& phase : phases_) {
      const auto &rows = phase.rows, &columns = phase.columns;
      const BlockView pixels = {dx.at(0, rows.first, columns.first),
                                {dx.shape.channels, rows.count, columns.count},
                                dx.row_stride * static_cast<std::size_t>(stride_),
                                dx.channel_stride};
      phase.convolution.template Run<PlainReader>(dy, {}, dy.at(0, rows.gradient, columns.gradient),
                                                  1, zeros_.data(), false, pixels,
                                                  static_cast<std::size_t>(stride_) * kBlock);
    }
  }

 private:
  struct Phase {
    Phase1d rows, columns;
    TapConvolution convolution;
  };
  int stride_;
  std::vector<float> zeros_;
  std::vector<Phase> phases_;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_TAP_CONVOLUTION_INL_H_
