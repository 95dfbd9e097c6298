#include <cassert>

#include "operations/fast/joining.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/sum.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/rows-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

// `to` may be `a`.
template <class ReaderA, class ReaderB>
HWY_INLINE void AddRow(FloatVector floor, const ReaderA& read_a, const float* a,
                       const ReaderB& read_b, const float* b, float* to, int pixels) {
  for (int i = 0; i < pixels; ++i, a += kBlock, b += kBlock, to += kBlock) {
    StoreLanes(AtLeast(floor, Plus(read_a(a), read_b(b))), to);
  }
}

class Sum : public BlockOperation {
 public:
  explicit Sum(const JoiningPlan& plan) : plan_(plan) { assert(plan.x.size() >= 2); }

  void Forward(const Pass&, WorkUnit unit) override {
    ForwardTwo(StoreOf(1), unit);
    for (std::size_t k = 2; k < plan_.x.size(); ++k) {
      ForwardNext(StoreOf(k), unit, k);
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    const BlockView dy = plan_.y.gradient->block(unit);
    for (const PlacedMap& input : plan_.x) {
      if (input.gradient == nullptr || input.gradient == plan_.y.gradient) continue;
      const BlockView dx = input.gradient->block(unit);
      for (int c = 0; c < dy.shape.channels; ++c) {
        for (int row = 0; row < dy.shape.height; ++row) {
          CopyRow(dy.at(c, row, 0), dx.at(c, row, 0), dy.shape.width);
        }
      }
    }
  }

 private:
  // With the last input the sum is whole.
  Store StoreOf(std::size_t input) const {
    return input + 1 == plan_.x.size() ? plan_.store : Store();
  }

  void ForwardTwo(Store store, WorkUnit unit) const {
    const FloatVector floor = FloorStore(store).floor();
    const BlockView a = plan_.x[0].values->block(unit), b = plan_.x[1].values->block(unit);
    const BlockView y = plan_.y.values->block(unit);
    for (int c = 0; c < y.shape.channels; ++c) {
      WithLanes(plan_.x[0], unit, c, [&](const auto& read_a) {
        WithLanes(plan_.x[1], unit, c, [&](const auto& read_b) {
          for (int row = 0; row < y.shape.height; ++row) {
            AddRow(floor, read_a, a.at(c, row, 0), read_b, b.at(c, row, 0), y.at(c, row, 0),
                   y.shape.width);
            if (IsSloped(store)) RectifyPixels(store, y, {c, 1}, {row, 1}, {0, y.shape.width});
          }
        });
      });
    }
  }

  // y += x.
  void ForwardNext(Store store, WorkUnit unit, std::size_t input) const {
    const FloatVector floor = FloorStore(store).floor();
    const BlockView x = plan_.x[input].values->block(unit), y = plan_.y.values->block(unit);
    for (int c = 0; c < y.shape.channels; ++c) {
      WithLanes(plan_.x[input], unit, c, [&](const auto& read) {
        for (int row = 0; row < y.shape.height; ++row) {
          float* to = y.at(c, row, 0);
          AddRow(floor, PlainLanes({}, c), to, read, x.at(c, row, 0), to, y.shape.width);
          if (IsSloped(store)) RectifyPixels(store, y, {c, 1}, {row, 1}, {0, y.shape.width});
        }
      });
    }
  }

  JoiningPlan plan_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeSumFor(const JoiningPlan& plan) {
  return std::make_unique<Sum>(plan);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeSum(Simd simd, const JoiningPlan& plan) {
  NORMLAB_DISPATCH(simd, MakeSumFor(plan));
}
}  // namespace normlab
#endif
