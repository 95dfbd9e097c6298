#include "operations/fast/rectifier.h"

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/rectifier.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/reader-inl.h"
#include "operations/fast/rectifier-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

class Rectifier : public BlockOperation {
 public:
  Rectifier(const Placement& placement, float slope)
      : x_(placement.x()),
        y_(placement.output.values),
        y_gradient_(placement.output.gradient),
        x_gradient_(placement.x().gradient),
        store_{true, slope},
        gate_(placement.gate.positive ? placement.gate : Gate{true, 1.0f, slope}) {}

  void Forward(const Pass&, WorkUnit unit) override {
    const FloatTag d;
    const FloatVector floor = FloorStore(store_).floor();
    const BlockView x = x_.values->block(unit), y = y_->block(unit);
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
    // The sign of the output is that of the input, which stands where no map holds the output.
    const BlockView value = y_ != nullptr ? y_->block(unit) : x_.values->block(unit);
    const BlockView dy = y_gradient_->block(unit), dx = x_gradient_->block(unit);
    WithGate(gate_, [&](const auto& gate) {
      for (int c = 0; c < dy.shape.channels; ++c) {
        WithLanes(x_.affine, false, unit, c, [&](const auto& read) {
          for (int row = 0; row < dy.shape.height; ++row) {
            const float* at = value.at(c, row, 0);
            const float* from = dy.at(c, row, 0);
            float* to = dx.at(c, row, 0);
            for (int i = 0; i < dy.shape.width * kBlock; i += kBlock) {
              StoreLanes(gate(read(at + i), Times(LoadLanes(from + i), scale)), to + i);
            }
          }
        });
      }
    });
  }

 private:
  PlacedMap x_;
  const BlockTensor *y_, *y_gradient_, *x_gradient_;
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
