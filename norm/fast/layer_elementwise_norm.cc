// Layer normalization with a weight and a bias for every element (Ba et al. 2016, eq. 4; PyTorch's
// nn.LayerNorm([C, H, W])). The statistics are layer normalization's; the affine is not constant
// over anything, so every element's gradient is summed over the 16 images of a block.
#include "norm/fast/normalization.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "norm/fast/layer_elementwise_norm.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "norm/fast/moments-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

class LayerElementwiseNorm : public BlockOperation {
 public:
  LayerElementwiseNorm(const NormalizationPlan& plan, int max_blocks)
      : plan_(plan),
        shape_(plan.x->shape()),
        means_({1, 1, 1}, max_blocks, 0),
        inverse_deviations_({1, 1, 1}, max_blocks, 0) {}

  void Forward(const Pass& pass, WorkUnit unit) override {
    const BlockView x = plan_.x->block(unit);
    const Moments moments = ChannelsMoments(x, 0, shape_.channels);
    StoreLanes(moments.mean, means_.block(unit).at(0, 0, 0));
    StoreLanes(InverseDeviation(moments, plan_.eps), inverse_deviations_.block(unit).at(0, 0, 0));
    Restore(pass, unit);
  }

  void Restore(const Pass&, WorkUnit unit) override {
    const BlockView x = plan_.x->block(unit), y = plan_.y->block(unit);
    const Statistics statistics = Of(unit);
    ForEachElement([&](int c, int row, int column, std::size_t e) {
      const Lanes normalized =
          Times(Minus(LoadLanes(x.at(c, row, column)), statistics.mean), statistics.inverse);
      StoreLanes(TimesPlus(normalized, SetLanes(plan_.weight[e]), SetLanes(plan_.bias[e])),
                 y.at(c, row, column));
    });
  }

  void Backward(const Pass&, WorkUnit unit) override {
    const BlockView x = plan_.x->block(unit), dy = plan_.y_gradient->block(unit);
    const BlockView dx = plan_.x_gradient->block(unit);
    const Statistics statistics = Of(unit);
    const Means means = SumGradients(unit, statistics);
    const Lanes scale = Times(statistics.inverse, SetLanes(plan_.gate.scale));
    WithGate(plan_.gate, [&](const auto& pass) {
      ForEachElement([&](int c, int row, int column, std::size_t e) {
        const Lanes value = LoadLanes(x.at(c, row, column));
        const Lanes normalized = Times(Minus(value, statistics.mean), statistics.inverse);
        const Lanes g = Times(LoadLanes(dy.at(c, row, column)), SetLanes(plan_.weight[e]));
        const Lanes centered = MinusTimes(means.g_normalized, normalized, Minus(g, means.g));
        StoreLanes(pass(value, Times(centered, scale)), dx.at(c, row, column));
      });
    });
  }

 private:
  struct Statistics {
    Lanes mean, inverse;
  };
  struct Means {
    Lanes g, g_normalized;  // mean of g, and of g * xh, over the image
  };

  Statistics Of(WorkUnit unit) const {
    return {LoadLanes(means_.block(unit).at(0, 0, 0)),
            LoadLanes(inverse_deviations_.block(unit).at(0, 0, 0))};
  }

  template <class Visit>
  void ForEachElement(const Visit& visit) const {
    std::size_t e = 0;
    for (int c = 0; c < shape_.channels; ++c) {
      for (int row = 0; row < shape_.height; ++row) {
        for (int column = 0; column < shape_.width; ++column, ++e) visit(c, row, column, e);
      }
    }
  }

  // Also the gradients of the weights and biases. A row's sums are added up before the whole's,
  // which costs no digits where a map has many rows.
  Means SumGradients(WorkUnit unit, const Statistics& statistics) {
    const BlockView x = plan_.x->block(unit), dy = plan_.y_gradient->block(unit);
    const Lanes nothing = SetLanes(0.0f);
    Means all = {nothing, nothing}, of_row = {nothing, nothing};
    ForEachElement([&](int c, int row, int column, std::size_t e) {
      const Lanes gradient = LoadLanes(dy.at(c, row, column));
      const Lanes normalized =
          Times(Minus(LoadLanes(x.at(c, row, column)), statistics.mean), statistics.inverse);
      const Lanes product = Times(gradient, normalized);
      plan_.bias_gradient.Put(unit.block, e, SumLanes(gradient));
      plan_.weight_gradient.Put(unit.block, e, SumLanes(product));
      const Lanes weight = SetLanes(plan_.weight[e]);
      of_row.g = TimesPlus(gradient, weight, of_row.g);
      of_row.g_normalized = TimesPlus(product, weight, of_row.g_normalized);
      if (column + 1 < shape_.width) return;
      all = {Plus(all.g, of_row.g), Plus(all.g_normalized, of_row.g_normalized)};
      of_row = {nothing, nothing};
    });
    const Lanes share = SetLanes(1.0f / static_cast<float>(shape_.size()));
    return {Times(all.g, share), Times(all.g_normalized, share)};
  }

  NormalizationPlan plan_;
  Shape shape_;
  BlockTensor means_, inverse_deviations_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeLayerElementwiseNormFor(const NormalizationPlan& plan,
                                                            int max_blocks) {
  return std::make_unique<LayerElementwiseNorm>(plan, max_blocks);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeLayerElementwiseNorm(Simd simd, const NormalizationPlan& plan,
                                                         int max_blocks) {
  NORMLAB_DISPATCH(simd, MakeLayerElementwiseNormFor(plan, max_blocks));
}
}  // namespace normlab
#endif
