// RMS normalization (Zhang & Sennrich 2019, eq. 4) over all channels and pixels of an image: the
// root of the mean square takes the deviation's place and nothing is subtracted, neither from the
// values nor, in the backward pass, the mean of g.
#include "norm/fast/normalization.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "norm/fast/rms_norm.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "norm/fast/moments-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

class RmsNorm : public BlockOperation {
 public:
  RmsNorm(const NormalizationPlan& plan, int max_blocks)
      : plan_(plan),
        channels_(plan.x->shape().channels),
        values_(static_cast<float>(plan.x->shape().size())),
        inverse_roots_({1, 1, 1}, max_blocks, 0) {}

  void Forward(const Pass& pass, WorkUnit unit) override {
    const BlockView x = plan_.x->block(unit);
    Lanes squares = SetLanes(0.0f);
    for (int c = 0; c < channels_; ++c) {
      squares = Plus(squares, SumSquaredDeviations(x, c, 0, x.shape.height, SetLanes(0.0f)));
    }
    const Lanes mean_square = Times(squares, SetLanes(1.0f / values_));
    StoreLanes(InverseRoot(Plus(mean_square, SetLanes(static_cast<float>(plan_.eps)))),
               inverse_roots_.block(unit).at(0, 0, 0));
    Restore(pass, unit);
  }

  void Restore(const Pass&, WorkUnit unit) override {
    const Lanes nothing = SetLanes(0.0f), inverse = InverseOf(unit);
    for (int c = 0; c < channels_; ++c) {
      const Lanes scale = Scale(c, inverse);
      if (plan_.y == nullptr) {
        StoreAffine(plan_.affine->block(unit), c, nothing, scale, nothing);
      } else {
        NormalizeChannel(plan_.x->block(unit), plan_.y->block(unit), c, nothing, scale, nothing);
      }
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    const BlockView x = plan_.x->block(unit), dx = plan_.x_gradient->block(unit);
    const OutputGradient dy = GradientOf(plan_, unit);
    const Lanes nothing = SetLanes(0.0f), inverse = InverseOf(unit);
    Lanes g_normalized = nothing;  // sum of g * xh
    for (int c = 0; c < channels_; ++c) {
      const Lanes dy_normalized =
          Times(ChannelGradientSums(x, dy, c, nothing, OfReaders(c, inverse)).dy_distance, inverse);
      plan_.weight_gradient.Put(unit.block, c, SumLanes(dy_normalized));
      g_normalized = TimesPlus(dy_normalized, SetLanes(plan_.weight[c]), g_normalized);
    }
    const Lanes share = Times(inverse, SetLanes(plan_.gate.scale / values_));
    BackwardFactors factors = {nothing, nothing, Times(Times(g_normalized, inverse), share)};
    for (int c = 0; c < channels_; ++c) {
      factors.a = Times(inverse, SetLanes(plan_.weight[c] * plan_.gate.scale));
      BackwardChannel(x, dy, dx, c, nothing, factors, plan_.gate, OfReaders(c, inverse));
    }
  }

 private:
  Lanes Scale(int channel, const Lanes& inverse) const {
    return Times(inverse, SetLanes(plan_.weight[channel]));
  }
  ReadersView OfReaders(int channel, const Lanes& inverse) const {
    return {plan_.rectified_by_readers, Scale(channel, inverse), SetLanes(0.0f)};
  }
  Lanes InverseOf(WorkUnit unit) const { return LoadLanes(inverse_roots_.block(unit).at(0, 0, 0)); }

  NormalizationPlan plan_;
  int channels_;
  float values_;
  BlockTensor inverse_roots_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeRmsNormFor(const NormalizationPlan& plan, int max_blocks) {
  return std::make_unique<RmsNorm>(plan, max_blocks);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeRmsNorm(Simd simd, const NormalizationPlan& plan,
                                            int max_blocks) {
  NORMLAB_DISPATCH(simd, MakeRmsNormFor(plan, max_blocks));
}
}  // namespace normlab
#endif
