// Pools whose windows lie side by side: each pixel is read once, and its gradient written once.
#include "operations/fast/pooling.h"

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/pooling.cc"
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

void ZeroMap(const BlockView& view) {
  const FloatTag d;
  const int row_floats = view.shape.width * kBlock;
  for (int c = 0; c < view.shape.channels; ++c) {
    for (int row = 0; row < view.shape.height; ++row) {
      float* at = view.at(c, row, 0);
      for (int i = 0; i < row_floats; i += kVectorSize) hn::Store(hn::Zero(d), d, at + i);
    }
  }
}

// 2x2.
class MaxPool : public BlockOperation {
 public:
  explicit MaxPool(const PoolingPlan& plan) : plan_(plan) {}

  void Forward(const Pass&, WorkUnit unit) override {
    WithReader(plan_.affine, plan_.rectified, unit,
               [&]<class Reader>(const BlockView& affine) { Forward<Reader>(affine, unit); });
  }

  void Backward(const Pass&, WorkUnit unit) override {
    const BlockView x = plan_.x->block(unit), dx = plan_.x_gradient->block(unit);
    if (x.shape.height % 2 != 0 || x.shape.width % 2 != 0) ZeroMap(dx);
    WithReader(plan_.affine, plan_.rectified, unit,
               [&]<class Reader>(const BlockView& affine) { Backward<Reader>(affine, unit); });
  }

 private:
  template <class Reader>
  void Forward(const BlockView& affine, WorkUnit unit) const {
    const FloatTag d;
    const BlockView x = plan_.x->block(unit), y = plan_.y->block(unit);
    for (int c = 0; c < y.shape.channels; ++c) {
      for (int part = 0; part < kBlock; part += kVectorSize) {
        const Reader read(affine, c, part);
        for (int row = 0; row < y.shape.height; ++row) {
          const float* upper = x.at(c, 2 * row, 0) + part;
          const float* lower = x.at(c, 2 * row + 1, 0) + part;
          float* to = y.at(c, row, 0) + part;
          for (int column = 0; column < y.shape.width; ++column) {
            const int at = 2 * column * kBlock;
            const auto top = Larger(read(upper + at), read(upper + at + kBlock));
            const auto bottom = Larger(read(lower + at), read(lower + at + kBlock));
            hn::Store(Larger(top, bottom), d, to + column * kBlock);
          }
        }
      }
    }
  }

  template <class Reader>
  void Backward(const BlockView& affine, WorkUnit unit) const {
    const BlockView x = plan_.x->block(unit), y = plan_.y->block(unit);
    const BlockView dy = plan_.y_gradient->block(unit), dx = plan_.x_gradient->block(unit);
    for (int c = 0; c < y.shape.channels; ++c) {
      for (int part = 0; part < kBlock; part += kVectorSize) {
        const Reader read(affine, c, part);
        for (int row = 0; row < y.shape.height; ++row) {
          for (int column = 0; column < y.shape.width; ++column) {
            RouteWindow(read, x.at(c, 2 * row, 2 * column) + part, x.row_stride,
                        y.at(c, row, column) + part, dy.at(c, row, column) + part,
                        dx.at(c, 2 * row, 2 * column) + part, dx.row_stride);
          }
        }
      }
    }
  }

  // A NaN wins, as in PyTorch: x86's max returns its second operand when one is NaN. Highway's of
  // the scalar set returns the other one.
  static HWY_INLINE FloatVector Larger(FloatVector a, FloatVector b) {
#if HWY_TARGET == HWY_SCALAR
    const FloatVector larger = hn::IfThenElse(hn::Gt(a, b), a, b);
#else
    const FloatVector larger = hn::Max(a, b);
#endif
    return hn::IfThenElse(hn::Eq(a, a), larger, a);
  }

  template <class Reader>
  static HWY_INLINE void RouteWindow(const Reader& read, const float* x, std::size_t x_row,
                                     const float* y, const float* dy, float* dx,
                                     std::size_t dx_row) {
    const FloatTag d;
    const std::size_t x_at[4] = {0, kBlock, x_row, x_row + kBlock};
    const std::size_t dx_at[4] = {0, kBlock, dx_row, dx_row + kBlock};
    const FloatVector largest = hn::Load(d, y);
    FloatVector left = hn::Load(d, dy);  // what no earlier pixel has taken
    for (int k = 0; k < 4; ++k) {
      const auto is_largest = hn::Eq(read(x + x_at[k]), largest);
      hn::Store(hn::IfThenElseZero(is_largest, left), d, dx + dx_at[k]);
      left = hn::IfThenZeroElse(is_largest, left);
    }
  }

  PoolingPlan plan_;
};

class AveragePool : public BlockOperation {
 public:
  explicit AveragePool(const PoolingPlan& plan)
      : plan_(plan),
        height_(plan.window.rows.extent),
        width_(plan.window.columns.extent),
        share_(1.0f / static_cast<float>(height_ * width_)) {}

  void Forward(const Pass&, WorkUnit unit) override {
    const BlockView x = plan_.x->block(unit), y = plan_.y->block(unit);
    for (int c = 0; c < y.shape.channels; ++c) {
      for (int row = 0; row < y.shape.height; ++row) {
        for (int column = 0; column < y.shape.width; ++column) {
          Lanes sum = SetLanes(0.0f);
          for (int ky = 0; ky < height_; ++ky) {
            const float* from = x.at(c, row * height_ + ky, column * width_);
            for (int kx = 0; kx < width_; ++kx) sum = Plus(sum, LoadLanes(from + kx * kBlock));
          }
          StoreLanes(Times(sum, SetLanes(share_)), y.at(c, row, column));
        }
      }
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    const BlockView dy = plan_.y_gradient->block(unit), dx = plan_.x_gradient->block(unit);
    if (dx.shape.height % height_ != 0 || dx.shape.width % width_ != 0) ZeroMap(dx);
    for (int c = 0; c < dy.shape.channels; ++c) {
      for (int row = 0; row < dy.shape.height; ++row) {
        for (int column = 0; column < dy.shape.width; ++column) {
          const Lanes gradient = Times(LoadLanes(dy.at(c, row, column)), SetLanes(share_));
          for (int ky = 0; ky < height_; ++ky) {
            float* to = dx.at(c, row * height_ + ky, column * width_);
            for (int kx = 0; kx < width_; ++kx) StoreLanes(gradient, to + kx * kBlock);
          }
        }
      }
    }
  }

 private:
  PoolingPlan plan_;
  int height_, width_;
  float share_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeMaxPoolFor(const PoolingPlan& plan) {
  return std::make_unique<MaxPool>(plan);
}
std::unique_ptr<BlockOperation> MakeAveragePoolFor(const PoolingPlan& plan) {
  return std::make_unique<AveragePool>(plan);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeMaxPool(Simd simd, const PoolingPlan& plan) {
  if (!plan.window.halves()) return MakeSlidingMaxPool(simd, plan);
  NORMLAB_DISPATCH(simd, MakeMaxPoolFor(plan));
}
std::unique_ptr<BlockOperation> MakeAveragePool(Simd simd, const PoolingPlan& plan) {
  if (!plan.window.lies_side_by_side()) return MakeSlidingAveragePool(simd, plan);
  NORMLAB_DISPATCH(simd, MakeAveragePoolFor(plan));
}
}  // namespace normlab
#endif
