// What becomes of the outputs of a Winograd convolution: they are stored, or added to what lies in
// the map, as the gradient of a value with several readers.
#if defined(NORMLAB_ENGINE_WINOGRAD_WRITER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_WINOGRAD_WRITER_INL_H_
#undef NORMLAB_ENGINE_WINOGRAD_WRITER_INL_H_
#else
#define NORMLAB_ENGINE_WINOGRAD_WRITER_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// A writer has the map that it writes to, one beside it if it reads that, and for a tile of a
// channel, whose first pixel's images from `part` on are given, Put(row, column, value).

// y = value, or value and a bias; rectified.
template <bool biased>
class OutputWriter {
 public:
  OutputWriter(const BlockView& y, const float* biases, FloorStore store)
      : y_(y), biases_(biases), floor_(store.floor()) {}

  static constexpr bool kReads = false;
  const BlockView& map() const { return y_; }

  struct Tile {
    HWY_INLINE void Put(int row, int column, FloatVector value) const {
      if constexpr (biased) value = hn::Add(value, bias);
      hn::Store(AtLeast(floor, value), FloatTag(), to + row * row_stride + column * kBlock);
    }
    FloatVector bias, floor;
    float* to;
    std::size_t row_stride;
  };
  HWY_INLINE Tile At(int channel, int row, int column, int part) const {
    const FloatVector bias = hn::Set(FloatTag(), biased ? biases_[channel] : 0.0f);
    return {bias, floor_, y_.at(channel, row, column) + part, y_.row_stride};
  }

 private:
  BlockView y_;
  const float* biases_;
  FloatVector floor_;
};

// y += value; and where the sum is `gated`: that times `scale` where x is positive, else 0.
template <bool gated>
class SumWriter {
 public:
  SumWriter(const BlockView& y, const BlockView& x, float scale)
      : y_(y), x_(x), scale_(hn::Set(FloatTag(), scale)) {}

  static constexpr bool kReads = gated;
  const BlockView& map() const { return y_; }
  const BlockView& beside() const { return x_; }

  struct Tile {
    HWY_INLINE void Put(int row, int column, FloatVector value) const {
      const FloatTag d;
      float* at = to + row * row_stride + column * kBlock;
      FloatVector sum = hn::Add(hn::Load(d, at), value);
      if constexpr (gated) {
        const FloatVector sign = hn::Load(d, x + row * x_row_stride + column * kBlock);
        sum = hn::IfThenElseZero(hn::Gt(sign, hn::Zero(d)), hn::Mul(sum, scale));
      }
      hn::Store(sum, d, at);
    }
    FloatVector scale;
    float* to;
    std::size_t row_stride;
    const float* x;
    std::size_t x_row_stride;
  };
  HWY_INLINE Tile At(int channel, int row, int column, int part) const {
    return {scale_, y_.at(channel, row, column) + part, y_.row_stride,
            gated ? x_.at(channel, row, column) + part : nullptr, x_.row_stride};
  }

 private:
  BlockView y_, x_;
  FloatVector scale_;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_WINOGRAD_WRITER_INL_H_
