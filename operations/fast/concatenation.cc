#include "operations/fast/joining.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/concatenation.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/rows-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

class Concatenation : public BlockOperation {
 public:
  explicit Concatenation(const JoiningPlan& plan) : plan_(plan) {}

  void Forward(const Pass&, WorkUnit unit) override {
    int first = 0;
    for (const PlacedMap& input : plan_.x) {
      Put(input, unit, first);
      first += input.values->shape().channels;
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    const BlockView dy = plan_.y.gradient->block(unit);
    int first = 0;
    for (const PlacedMap& input : plan_.x) {
      const int channels = input.values->shape().channels;
      for (int c = 0; input.gradient != nullptr && c < channels; ++c) {
        const BlockView dx = input.gradient->block(unit);
        for (int row = 0; row < dy.shape.height; ++row) {
          CopyRow(dy.at(first + c, row, 0), dx.at(c, row, 0), dy.shape.width);
        }
      }
      first += channels;
    }
  }

 private:
  // As the channels of y from `first` on.
  void Put(const PlacedMap& input, WorkUnit unit, int first) const {
    const FloatVector floor = FloorStore(plan_.store).floor();
    const BlockView x = input.values->block(unit), y = plan_.y.values->block(unit);
    for (int c = 0; c < x.shape.channels; ++c) {
      WithLanes(input, unit, c, [&](const auto& read) {
        for (int row = 0; row < x.shape.height; ++row) {
          CopyRow(floor, read, x.at(c, row, 0), 1, y.at(first + c, row, 0), x.shape.width);
          if (IsSloped(plan_.store)) {
            RectifyPixels(plan_.store, y, {first + c, 1}, {row, 1}, {0, y.shape.width});
          }
        }
      });
    }
  }

  JoiningPlan plan_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeConcatenationFor(const JoiningPlan& plan) {
  return std::make_unique<Concatenation>(plan);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeConcatenation(Simd simd, const JoiningPlan& plan) {
  NORMLAB_DISPATCH(simd, MakeConcatenationFor(plan));
}
}  // namespace normlab
#endif
