// Pools of any windows: they may overlap, leave gaps, and reach into the padding, where nothing is
// read.
#include <vector>

#include "operations/fast/pooling.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/sliding_pooling.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/reader-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct Range {
  int first, end;
};

// The pixels of each window along one axis.
std::vector<Range> PixelsOfWindows(const WindowAxis& axis, int side) {
  std::vector<Range> ranges;
  for (int i = 0; i < axis.Count(side); ++i) ranges.push_back({axis.First(i), axis.End(i, side)});
  return ranges;
}

// The windows over each pixel.
std::vector<Range> WindowsOverPixels(const WindowAxis& axis, int side) {
  const int count = axis.Count(side);
  std::vector<Range> ranges;
  for (int i = 0; i < side; ++i) ranges.push_back({axis.FirstOver(i), axis.EndOver(i, count)});
  return ranges;
}

// Highway's Ne is ordered on some of the sets: false of a NaN.
HWY_INLINE auto IsNan(FloatVector v) { return hn::Not(hn::Eq(v, v)); }

// b where it is larger or NaN, as PyTorch compares.
HWY_INLINE Lanes Larger(const Lanes& a, const Lanes& b) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) {
    const auto wins = hn::Or(hn::Gt(b.v[i], a.v[i]), IsNan(b.v[i]));
    lanes.v[i] = hn::IfThenElse(wins, b.v[i], a.v[i]);
  }
  return lanes;
}

HWY_INLINE bool HasNan(const Lanes& lanes) {
  bool has = false;
  for (int i = 0; i < kVectors; ++i) has |= !hn::AllFalse(FloatTag(), IsNan(lanes.v[i]));
  return has;
}

// Adds to `to` what is left of a window's gradient, in the images whose pixel takes it: because it
// is the largest, or because it is NaN.
HWY_INLINE void TakeEqual(const Lanes& pixel, const Lanes& largest, Lanes& left, float* to) {
  const FloatTag d;
  for (int i = 0; i < kVectors; ++i, to += kVectorSize) {
    const auto takes = hn::Eq(pixel.v[i], largest.v[i]);
    hn::Store(hn::Add(hn::Load(d, to), hn::IfThenElseZero(takes, left.v[i])), d, to);
    left.v[i] = hn::IfThenZeroElse(takes, left.v[i]);
  }
}
HWY_INLINE void TakeNan(const Lanes& pixel, Lanes& left, float* to) {
  const FloatTag d;
  for (int i = 0; i < kVectors; ++i, to += kVectorSize) {
    const auto takes = IsNan(pixel.v[i]);
    hn::Store(hn::Add(hn::Load(d, to), hn::IfThenElseZero(takes, left.v[i])), d, to);
    left.v[i] = hn::IfThenZeroElse(takes, left.v[i]);
  }
}

class SlidingMaxPool : public BlockOperation {
 public:
  explicit SlidingMaxPool(const PoolingPlan& plan)
      : plan_(plan),
        rows_(PixelsOfWindows(plan.window.rows, plan.x->shape().height)),
        columns_(PixelsOfWindows(plan.window.columns, plan.x->shape().width)) {}

  void Forward(const Pass&, WorkUnit unit) override {
    for (int c = 0; c < plan_.x->shape().channels; ++c) {
      WithLanes(plan_.affine, plan_.rectified, unit, c,
                [&](const auto& read) { ForwardChannel(read, unit, c); });
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    for (int c = 0; c < plan_.x->shape().channels; ++c) {
      WithLanes(plan_.affine, plan_.rectified, unit, c,
                [&](const auto& read) { BackwardChannel(read, unit, c); });
    }
  }

 private:
  template <class Reader>
  void ForwardChannel(const Reader& read, WorkUnit unit, int c) const {
    const BlockView x = plan_.x->block(unit), y = plan_.y->block(unit);
    for (int row = 0; row < y.shape.height; ++row) {
      for (int column = 0; column < y.shape.width; ++column) {
        const Range rows = rows_[row], columns = columns_[column];
        Lanes largest = read(x.at(c, rows.first, columns.first));
        for (int i = rows.first; i < rows.end; ++i) {
          const float* from = x.at(c, i, columns.first);
          for (int k = columns.first; k < columns.end; ++k, from += kBlock) {
            largest = Larger(largest, read(from));
          }
        }
        StoreLanes(largest, y.at(c, row, column));
      }
    }
  }

  template <class Reader>
  void BackwardChannel(const Reader& read, WorkUnit unit, int c) const {
    const BlockView x = plan_.x->block(unit), dx = plan_.x_gradient->block(unit);
    const BlockView y = plan_.y->block(unit), dy = plan_.y_gradient->block(unit);
    ZeroChannel(dx, c);
    for (int row = 0; row < y.shape.height; ++row) {
      for (int column = 0; column < y.shape.width; ++column) {
        const Lanes largest = LoadLanes(y.at(c, row, column));
        Lanes left = LoadLanes(dy.at(c, row, column));
        RouteToLargest(read, x, dx, c, rows_[row], columns_[column], largest, left);
        if (HasNan(largest)) RouteToNan(read, x, dx, c, rows_[row], columns_[column], left);
      }
    }
  }

  static void ZeroChannel(const BlockView& view, int c) {
    for (int row = 0; row < view.shape.height; ++row) {
      float* to = view.at(c, row, 0);
      for (int i = 0; i < view.shape.width; ++i, to += kBlock) StoreLanes(SetLanes(0.0f), to);
    }
  }

  template <class Reader>
  static HWY_INLINE void RouteToLargest(const Reader& read, const BlockView& x, const BlockView& dx,
                                        int c, Range rows, Range columns, const Lanes& largest,
                                        Lanes& left) {
    for (int i = rows.first; i < rows.end; ++i) {
      const float* from = x.at(c, i, columns.first);
      float* to = dx.at(c, i, columns.first);
      for (int k = columns.first; k < columns.end; ++k, from += kBlock, to += kBlock) {
        TakeEqual(read(from), largest, left, to);
      }
    }
  }

  // PyTorch lets the last of several take it. What `left` holds of the other images is 0 by now.
  template <class Reader>
  static void RouteToNan(const Reader& read, const BlockView& x, const BlockView& dx, int c,
                         Range rows, Range columns, Lanes& left) {
    for (int i = rows.end; i-- > rows.first;) {
      for (int k = columns.end; k-- > columns.first;) {
        TakeNan(read(x.at(c, i, k)), left, dx.at(c, i, k));
      }
    }
  }

  PoolingPlan plan_;
  std::vector<Range> rows_, columns_;
};

class SlidingAveragePool : public BlockOperation {
 public:
  explicit SlidingAveragePool(const PoolingPlan& plan)
      : plan_(plan),
        rows_(PixelsOfWindows(plan.window.rows, plan.x->shape().height)),
        columns_(PixelsOfWindows(plan.window.columns, plan.x->shape().width)),
        rows_over_(WindowsOverPixels(plan.window.rows, plan.x->shape().height)),
        columns_over_(WindowsOverPixels(plan.window.columns, plan.x->shape().width)),
        share_(1.0f / static_cast<float>(plan.window.rows.extent * plan.window.columns.extent)) {}

  void Forward(const Pass&, WorkUnit unit) override {
    Average(plan_.x->block(unit), rows_, columns_, plan_.y->block(unit));
  }
  // A pixel's gradient is the sum of those of the windows over it, times its share.
  void Backward(const Pass&, WorkUnit unit) override {
    Average(plan_.y_gradient->block(unit), rows_over_, columns_over_,
            plan_.x_gradient->block(unit));
  }

 private:
  void Average(const BlockView& x, const std::vector<Range>& rows,
               const std::vector<Range>& columns, const BlockView& y) const {
    for (int c = 0; c < y.shape.channels; ++c) {
      for (int row = 0; row < y.shape.height; ++row) {
        for (int column = 0; column < y.shape.width; ++column) {
          const Lanes sum = Sum(x, c, rows[row], columns[column]);
          StoreLanes(Times(sum, SetLanes(share_)), y.at(c, row, column));
        }
      }
    }
  }

  static HWY_INLINE Lanes Sum(const BlockView& x, int c, Range rows, Range columns) {
    Lanes sum = SetLanes(0.0f);
    for (int i = rows.first; i < rows.end; ++i) {
      const float* from = x.at(c, i, columns.first);
      for (int k = columns.first; k < columns.end; ++k, from += kBlock) {
        sum = Plus(sum, LoadLanes(from));
      }
    }
    return sum;
  }

  PoolingPlan plan_;
  std::vector<Range> rows_, columns_, rows_over_, columns_over_;
  float share_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeSlidingMaxPoolFor(const PoolingPlan& plan) {
  return std::make_unique<SlidingMaxPool>(plan);
}
std::unique_ptr<BlockOperation> MakeSlidingAveragePoolFor(const PoolingPlan& plan) {
  return std::make_unique<SlidingAveragePool>(plan);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeSlidingMaxPool(Simd simd, const PoolingPlan& plan) {
  NORMLAB_DISPATCH(simd, MakeSlidingMaxPoolFor(plan));
}
std::unique_ptr<BlockOperation> MakeSlidingAveragePool(Simd simd, const PoolingPlan& plan) {
  NORMLAB_DISPATCH(simd, MakeSlidingAveragePoolFor(plan));
}
}  // namespace normlab
#endif
