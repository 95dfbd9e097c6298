// A rectangle of pixels in several channels of a map, brought nearer a row at a time while the
// arithmetic units are busy: what a tile will read, and the lines that it will write, which a store
// would wait for as well. On maps that the second-level cache does not hold it takes an eighth of
// the time from a forward pass (docs/performance.md).
#if defined(NORMLAB_ENGINE_PREFETCH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_PREFETCH_INL_H_
#undef NORMLAB_ENGINE_PREFETCH_INL_H_
#else
#define NORMLAB_ENGINE_PREFETCH_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

enum class Nearer { kToRead, kToWrite };

template <Nearer purpose>
class RowsAhead {
 public:
  RowsAhead() = default;  // none
  // Those of all channels of the map; its border counts as pixels, places beyond that do no harm.
  RowsAhead(const BlockView& map, Stretch rows, Stretch columns)
      : at_(map.at(0, rows.first, columns.first)),
        row_stride_(map.row_stride),
        next_channel_(map.channel_stride - static_cast<std::size_t>(rows.count) * map.row_stride),
        rows_(rows.count),
        columns_(columns.count),
        left_(rows.count * map.shape.channels) {}

  HWY_INLINE void Next() {
    if (left_ == 0) return;
    --left_;
    for (int i = 0; i < columns_; ++i) Fetch(at_ + i * kBlock);
    at_ += row_stride_;
    if (++row_ < rows_) return;
    row_ = 0;
    at_ += next_channel_;
  }

 private:
  static HWY_INLINE void Fetch(const float* at) {
#if HWY_COMPILER_GCC || HWY_COMPILER_CLANG
    // To write: into the first-level cache; to read, later: into the second.
    __builtin_prefetch(at, purpose == Nearer::kToWrite, purpose == Nearer::kToWrite ? 3 : 2);
#else
    (void)at;
#endif
  }

  const float* at_ = nullptr;
  std::size_t row_stride_ = 0, next_channel_ = 0;
  int rows_ = 0, columns_ = 0, left_ = 0;
  int row_ = 0;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_PREFETCH_INL_H_
