// Group normalization (Wu & He 2018, eq. 7), with layer normalization as its case of one group and
// instance normalization as that of one channel a group: each image's statistics pool over the
// channels of a group and all their pixels. No lane ever meets another, so a block goes on without
// waiting for the rest of the batch.
#include <vector>

#include "norm/fast/normalization.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "norm/fast/group_norm.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "norm/fast/moments-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

class GroupNorm : public BlockOperation {
 public:
  GroupNorm(const NormalizationPlan& plan, int max_blocks)
      : plan_(plan),
        channels_(plan.x->shape().channels),
        groups_(StatisticShapeOf(*plan.method, 1, plan.x->shape(), plan.groups).channels),
        values_per_group_(static_cast<float>(plan.x->shape().size() / groups_)),
        means_({groups_, 1, 1}, max_blocks, 0),
        inverse_deviations_({groups_, 1, 1}, max_blocks, 0) {}

  void Forward(const Pass&, WorkUnit unit) override {
    const BlockView x = plan_.x->block(unit);
    for (int group = 0; group < groups_; ++group) {
      const Moments moments = ChannelsMoments(x, First(group), First(group + 1));
      const Lanes inverse = InverseDeviation(moments, plan_.eps);
      StoreLanes(moments.mean, means_.block(unit).at(group, 0, 0));
      StoreLanes(inverse, inverse_deviations_.block(unit).at(group, 0, 0));
      NormalizeGroup(unit, group, moments.mean, inverse);
    }
  }

  void Restore(const Pass&, WorkUnit unit) override {
    for (int group = 0; group < groups_; ++group) {
      NormalizeGroup(unit, group, LoadLanes(means_.block(unit).at(group, 0, 0)),
                     LoadLanes(inverse_deviations_.block(unit).at(group, 0, 0)));
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    for (int group = 0; group < groups_; ++group) {
      const Lanes mean = LoadLanes(means_.block(unit).at(group, 0, 0));
      const Lanes inverse = LoadLanes(inverse_deviations_.block(unit).at(group, 0, 0));
      // Over the group: of g and of g * xh, with g = weight * dy and xh = (x - mean) * inverse.
      const GradientSums sums = GroupGradientSums(unit, group, mean, inverse);
      const Lanes share = SetLanes(plan_.gate.scale / values_per_group_);
      const Lanes scaled = Times(inverse, share);
      BackwardFactors factors;
      factors.b = Times(sums.dy, scaled);
      factors.c = Times(Times(sums.dy_distance, inverse), scaled);
      for (int c = First(group); c < First(group + 1); ++c) {
        factors.a = Times(inverse, SetLanes(plan_.weight[c] * plan_.gate.scale));
        BackwardChannel(plan_.x->block(unit), GradientOf(plan_, unit),
                        plan_.x_gradient->block(unit), c, mean, factors, plan_.gate,
                        OfReaders(c, inverse));
      }
    }
  }

 private:
  int First(int group) const { return group * (channels_ / groups_); }
  Lanes Scale(int channel, const Lanes& inverse) const {
    return Times(inverse, SetLanes(plan_.weight[channel]));
  }
  ReadersView OfReaders(int channel, const Lanes& inverse) const {
    return {plan_.rectified_by_readers, Scale(channel, inverse), SetLanes(plan_.bias[channel])};
  }

  void NormalizeGroup(WorkUnit unit, int group, const Lanes& mean, const Lanes& inverse) const {
    for (int c = First(group); c < First(group + 1); ++c) {
      const Lanes scale = Scale(c, inverse);
      const Lanes bias = SetLanes(plan_.bias[c]);
      if (plan_.y == nullptr) {
        StoreAffine(plan_.affine->block(unit), c, mean, scale, bias);
      } else {
        NormalizeChannel(plan_.x->block(unit), plan_.y->block(unit), c, mean, scale, bias);
      }
    }
  }

  GradientSums GroupGradientSums(WorkUnit unit, int group, const Lanes& mean,
                                 const Lanes& inverse) {
    const BlockView x = plan_.x->block(unit);
    const OutputGradient dy = GradientOf(plan_, unit);
    GradientSums all{SetLanes(0.0f), SetLanes(0.0f)};
    for (int c = First(group); c < First(group + 1); ++c) {
      const GradientSums channel = ChannelGradientSums(x, dy, c, mean, OfReaders(c, inverse));
      const Lanes dy_normalized = Times(channel.dy_distance, inverse);
      plan_.bias_gradient.Put(unit.block, c, SumLanes(channel.dy));
      plan_.weight_gradient.Put(unit.block, c, SumLanes(dy_normalized));
      const Lanes weight = SetLanes(plan_.weight[c]);
      all.dy = TimesPlus(channel.dy, weight, all.dy);
      all.dy_distance = TimesPlus(dy_normalized, weight, all.dy_distance);
    }
    return all;
  }

  NormalizationPlan plan_;
  int channels_, groups_;
  float values_per_group_;
  BlockTensor means_, inverse_deviations_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeGroupNormFor(const NormalizationPlan& plan, int max_blocks) {
  return std::make_unique<GroupNorm>(plan, max_blocks);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeGroupNorm(Simd simd, const NormalizationPlan& plan,
                                              int max_blocks) {
  NORMLAB_DISPATCH(simd, MakeGroupNormFor(plan, max_blocks));
}
}  // namespace normlab
#endif
