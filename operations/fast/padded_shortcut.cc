#include <cassert>

#include "operations/fast/joining.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/padded_shortcut.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/rows-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

class PaddedShortcut : public BlockOperation {
 public:
  PaddedShortcut(const JoiningPlan& plan, int stride)
      : plan_(plan),
        stride_(stride),
        channels_(plan.x[0].values->shape().channels),
        before_((plan.y.values->shape().channels - channels_) / 2) {
    assert(plan.x.size() == 1 && before_ >= 0);
  }

  void Forward(const Pass&, WorkUnit unit) override {
    const BlockView y = plan_.y.values->block(unit);
    for (int c = 0; c < y.shape.channels; ++c) {
      if (c < before_ || c >= before_ + channels_) {
        for (int row = 0; row < y.shape.height; ++row) ZeroRow(y.at(c, row, 0), y.shape.width);
      } else {
        Take(unit, c);
      }
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    const BlockView dy = plan_.y.gradient->block(unit), dx = plan_.x[0].gradient->block(unit);
    for (int c = 0; c < channels_; ++c) {
      for (int row = 0; row < dx.shape.height; ++row) {
        float* to = dx.at(c, row, 0);
        if (stride_ > 1) ZeroRow(to, dx.shape.width);
        if (row % stride_ != 0) continue;
        const float* from = dy.at(before_ + c, row / stride_, 0);
        for (int i = 0; i < dy.shape.width; ++i, from += kBlock, to += stride_ * kBlock) {
          StoreLanes(LoadLanes(from), to);
        }
      }
    }
  }

 private:
  // What channel c of y takes of x.
  void Take(WorkUnit unit, int c) const {
    const FloatVector floor = FloorStore(plan_.store).floor();
    const BlockView x = plan_.x[0].values->block(unit), y = plan_.y.values->block(unit);
    WithLanes(plan_.x[0], unit, c - before_, [&](const auto& read) {
      for (int row = 0; row < y.shape.height; ++row) {
        CopyRow(floor, read, x.at(c - before_, stride_ * row, 0), stride_, y.at(c, row, 0),
                y.shape.width);
        if (IsSloped(plan_.store)) {
          RectifyPixels(plan_.store, y, {c, 1}, {row, 1}, {0, y.shape.width});
        }
      }
    });
  }

  JoiningPlan plan_;
  int stride_, channels_, before_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakePaddedShortcutFor(const JoiningPlan& plan, int stride) {
  return std::make_unique<PaddedShortcut>(plan, stride);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakePaddedShortcut(Simd simd, const JoiningPlan& plan, int stride) {
  NORMLAB_DISPATCH(simd, MakePaddedShortcutFor(plan, stride));
}
}  // namespace normlab
#endif
