// Some rows of one channel of a map, with zeros around the map, as a Reader gives them: what a
// filter slides down. As they are, they are the map's own with its border; normalized ones are kept
// in the first-level cache while they are needed, so that every pixel is normalized once.
#if defined(NORMLAB_ENGINE_ROW_WINDOW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_ROW_WINDOW_INL_H_
#undef NORMLAB_ENGINE_ROW_WINDOW_INL_H_
#else
#define NORMLAB_ENGINE_ROW_WINDOW_INL_H_
#endif

#include <algorithm>
#include <cstring>

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/reader-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

template <class Reader>
class RowWindow {
 public:
  // Of memory that a window of `rows` rows of such a map needs.
  static std::size_t Floats(const Shape& map, int border, int rows) {
    return static_cast<std::size_t>(rows * (map.width + 2 * border)) * kBlock;
  }

  // Takes Floats() of memory, 64-byte aligned, whatever is in it.
  RowWindow(const BlockView& map, const BlockView& affine, int border, float* memory)
      : map_(map), affine_(affine), border_(border), memory_(memory) {}

  // Floats from one row to the next.
  std::ptrdiff_t stride() const {
    return static_cast<std::ptrdiff_t>(map_.shape.width + 2 * border_) * kBlock;
  }

  void BeginChannel(int channel) {
    channel_ = channel;
    first_ = end_ = -border_;
  }

  // Holds rows first to end - 1, which neither may lie before those of the last call; as many as
  // `border` of them above or below the map.
  void Move(int first, int end) {
    end_ = std::max(end_, first);
    std::memmove(memory_, row(first) - border_ * kBlock, (end_ - first) * stride() * sizeof(float));
    first_ = first;
    for (; end_ < end; ++end_) Read(end_);
  }

  // Column 0 of a row that it holds; of others a place from which to count.
  const float* row(int row) const { return memory_ + (row - first_) * stride() + border_ * kBlock; }

 private:
  void Read(int row) {
    const int width = map_.shape.width * kBlock, border = border_ * kBlock;
    float* to = memory_ + (row - first_) * stride();
    if (row < 0 || row >= map_.shape.height) {
      std::fill_n(to, stride(), 0.0f);
      return;
    }
    std::fill_n(to, border, 0.0f);
    std::fill_n(to + border + width, border, 0.0f);
    const float* from = map_.at(channel_, row, 0);
    for (int part = 0; part < kBlock; part += kVectorSize) {
      const Reader read(affine_, channel_, part);
      for (int i = part; i < width; i += kBlock) {
        hn::Store(read(from + i), FloatTag(), to + border + i);
      }
    }
  }

  BlockView map_, affine_;
  int border_;
  float* memory_;
  int channel_ = 0;
  int first_ = 0, end_ = 0;
};

template <>
class RowWindow<PlainReader> {
 public:
  static std::size_t Floats(const Shape&, int /*border*/, int /*rows*/) { return 0; }

  RowWindow(const BlockView& map, const BlockView& /*affine*/, int /*border*/, float* /*memory*/)
      : map_(map) {}

  std::ptrdiff_t stride() const { return static_cast<std::ptrdiff_t>(map_.row_stride); }
  void BeginChannel(int channel) { origin_ = map_.at(channel, 0, 0); }
  void Move(int /*first*/, int /*end*/) {}
  const float* row(int row) const { return origin_ + row * stride(); }

 private:
  BlockView map_;
  const float* origin_ = nullptr;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_ROW_WINDOW_INL_H_
