#include "operations/fast/rectifier.h"

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/rectifier.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/rectifier-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

class Rectifier : public BlockOperation {
 public:
  Rectifier(const Placement& placement, float slope)
      : x_(placement.x().values),
        y_(placement.output.values),
        y_gradient_(placement.output.gradient),
        x_gradient_(placement.x().gradient),
        store_{true, slope},
        gate_(placement.gate.positive ? placement.gate : Gate{true, 1.0f, slope}) {}

  void Forward(const Pass&, WorkUnit unit) override {
    const FloatTag d;
    const FloatVector floor = FloorStore(store_).floor();
    const BlockView x = x_->block(unit), y = y_->block(unit);
    for (int c = 0; c < x.shape.channels; ++c) {
      for (int row = 0; row < x.shape.height; ++row) {
        const float* from = x.at(c, row, 0);
        float* to = y.at(c, row, 0);
        for (int i = 0; i < x.shape.width * kBlock; i += kVectorSize) {
          hn::Store(AtLeast(floor, hn::Load(d, from + i)), d, to + i);
        }
        if (IsSloped(store_)) RectifyPixels(store_, y, {c, 1}, {row, 1}, {0, x.shape.width});
      }
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    const Lanes scale = SetLanes(gate_.scale);
    const BlockView y = y_->block(unit);
    const BlockView dy = y_gradient_->block(unit), dx = x_gradient_->block(unit);
    WithGate(gate_, [&](const auto& gate) {
      for (int c = 0; c < y.shape.channels; ++c) {
        for (int row = 0; row < y.shape.height; ++row) {
          const float* value = y.at(c, row, 0);
          const float* from = dy.at(c, row, 0);
          float* to = dx.at(c, row, 0);
          for (int i = 0; i < y.shape.width * kBlock; i += kBlock) {
            StoreLanes(gate(LoadLanes(value + i), Times(LoadLanes(from + i), scale)), to + i);
          }
        }
      }
    });
  }

 private:
  const BlockTensor *x_, *y_, *y_gradient_, *x_gradient_;
  Store store_;
  Gate gate_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeRectifierFor(const Placement& placement, float slope) {
  return std::make_unique<Rectifier>(placement, slope);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeRectifier(const Placement& placement, float slope) {
  NORMLAB_DISPATCH(placement.simd, MakeRectifierFor(placement, slope));
}
}  // namespace normlab
#endif
