// Layer normalization over the channels of one pixel (Liu et al. 2022, ConvNeXt's LayerNorm2d): the
// one method whose statistics differ from pixel to pixel. A map lies channel by channel, so a few
// neighbouring pixels go through all channels together: their sums stay in registers and every
// read takes whole cache lines in a row.
#include <algorithm>

#include "norm/fast/normalization.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "norm/fast/layer_channels_norm.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "norm/fast/moments-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

constexpr int kPixels = 4;  // that go together

class LayerChannelsNorm : public BlockOperation {
 public:
  LayerChannelsNorm(const NormalizationPlan& plan, int max_blocks)
      : plan_(plan),
        shape_(plan.x->shape()),
        share_(1.0f / static_cast<float>(shape_.channels)),
        means_({1, shape_.height, shape_.width}, max_blocks, 0),
        inverse_deviations_({1, shape_.height, shape_.width}, max_blocks, 0) {}

  void Forward(const Pass& pass, WorkUnit unit) override {
    ForEachStretch([&](int row, int column, int count) { Gather(unit, row, column, count); });
    Restore(pass, unit);
  }

  void Restore(const Pass&, WorkUnit unit) override {
    const BlockView y = plan_.y->block(unit);
    const Maps maps = Of(unit);
    for (int c = 0; c < shape_.channels; ++c) {
      const Lanes weight = SetLanes(plan_.weight[c]), bias = SetLanes(plan_.bias[c]);
      ForEachPixel([&](int row, int column) {
        StoreLanes(TimesPlus(maps.Normalized(c, row, column), weight, bias), y.at(c, row, column));
      });
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    const Maps maps = Of(unit);
    for (int c = 0; c < shape_.channels; ++c) PutAffineGradient(unit.block, maps, c);
    const BlockView dx = plan_.x_gradient->block(unit);
    WithGate(plan_.gate, [&](const auto& pass) {
      ForEachStretch([&](int row, int column, int count) {
        const Means means = GradientMeans(maps, row, column, count);
        PutInputGradient(maps, means, dx, row, column, count, pass);
      });
    });
  }

 private:
  // Of one block.
  struct Maps {
    BlockView x, dy, mean, inverse;

    Lanes Normalized(int c, int row, int column) const {
      return Times(Minus(LoadLanes(x.at(c, row, column)), LoadLanes(mean.at(0, row, column))),
                   LoadLanes(inverse.at(0, row, column)));
    }
  };

  // Over the channels of each pixel of a stretch.
  struct Means {
    Lanes g[kPixels], g_normalized[kPixels];
  };

  Maps Of(WorkUnit unit) const {
    return {plan_.x->block(unit), plan_.y_gradient->block(unit), means_.block(unit),
            inverse_deviations_.block(unit)};
  }

  template <class Visit>
  void ForEachStretch(const Visit& visit) const {
    for (int row = 0; row < shape_.height; ++row) {
      for (int column = 0; column < shape_.width; column += kPixels) {
        visit(row, column, std::min(kPixels, shape_.width - column));
      }
    }
  }

  template <class Visit>
  void ForEachPixel(const Visit& visit) const {
    for (int row = 0; row < shape_.height; ++row) {
      for (int column = 0; column < shape_.width; ++column) visit(row, column);
    }
  }

  void Gather(WorkUnit unit, int row, int column, int count) const {
    const BlockView x = plan_.x->block(unit);
    Lanes mean[kPixels], deviation[kPixels];
    for (int k = 0; k < count; ++k) mean[k] = deviation[k] = SetLanes(0.0f);
    for (int c = 0; c < shape_.channels; ++c) {
      for (int k = 0; k < count; ++k) {
        mean[k] = Plus(mean[k], LoadLanes(x.at(c, row, column + k)));
      }
    }
    for (int k = 0; k < count; ++k) mean[k] = Times(mean[k], SetLanes(share_));
    for (int c = 0; c < shape_.channels; ++c) {
      for (int k = 0; k < count; ++k) {
        const Lanes distance = Minus(LoadLanes(x.at(c, row, column + k)), mean[k]);
        deviation[k] = TimesPlus(distance, distance, deviation[k]);
      }
    }
    for (int k = 0; k < count; ++k) {
      const Lanes variance = Times(deviation[k], SetLanes(share_));
      StoreLanes(mean[k], means_.block(unit).at(0, row, column + k));
      StoreLanes(InverseRoot(Plus(variance, SetLanes(static_cast<float>(plan_.eps)))),
                 inverse_deviations_.block(unit).at(0, row, column + k));
    }
  }

  void PutAffineGradient(int block, const Maps& maps, int c) const {
    Lanes bias = SetLanes(0.0f), weight = SetLanes(0.0f);
    ForEachPixel([&](int row, int column) {
      const Lanes gradient = LoadLanes(maps.dy.at(c, row, column));
      bias = Plus(bias, gradient);
      weight = TimesPlus(gradient, maps.Normalized(c, row, column), weight);
    });
    plan_.bias_gradient.Put(block, c, SumLanes(bias));
    plan_.weight_gradient.Put(block, c, SumLanes(weight));
  }

  Lanes G(const Maps& maps, int c, int row, int column) const {
    return Times(LoadLanes(maps.dy.at(c, row, column)), SetLanes(plan_.weight[c]));
  }

  Means GradientMeans(const Maps& maps, int row, int column, int count) const {
    Means means;
    for (int k = 0; k < count; ++k) means.g[k] = means.g_normalized[k] = SetLanes(0.0f);
    for (int c = 0; c < shape_.channels; ++c) {
      for (int k = 0; k < count; ++k) {
        const Lanes g = G(maps, c, row, column + k);
        means.g[k] = Plus(means.g[k], g);
        means.g_normalized[k] =
            TimesPlus(g, maps.Normalized(c, row, column + k), means.g_normalized[k]);
      }
    }
    for (int k = 0; k < count; ++k) {
      means.g[k] = Times(means.g[k], SetLanes(share_));
      means.g_normalized[k] = Times(means.g_normalized[k], SetLanes(share_));
    }
    return means;
  }

  template <class PassGate>
  void PutInputGradient(const Maps& maps, const Means& means, const BlockView& dx, int row,
                        int column, int count, const PassGate& pass) const {
    for (int c = 0; c < shape_.channels; ++c) {
      for (int k = 0; k < count; ++k) {
        const int at = column + k;
        const Lanes centered = MinusTimes(means.g_normalized[k], maps.Normalized(c, row, at),
                                          Minus(G(maps, c, row, at), means.g[k]));
        const Lanes scale =
            Times(LoadLanes(maps.inverse.at(0, row, at)), SetLanes(plan_.gate.scale));
        StoreLanes(pass(LoadLanes(maps.x.at(c, row, at)), Times(centered, scale)),
                   dx.at(c, row, at));
      }
    }
  }

  NormalizationPlan plan_;
  Shape shape_;
  float share_;                             // of one channel in a mean
  BlockTensor means_, inverse_deviations_;  // [block][1][H][W][16]
};

}  // namespace

std::unique_ptr<BlockOperation> MakeLayerChannelsNormFor(const NormalizationPlan& plan,
                                                         int max_blocks) {
  return std::make_unique<LayerChannelsNorm>(plan, max_blocks);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeLayerChannelsNorm(Simd simd, const NormalizationPlan& plan,
                                                      int max_blocks) {
  NORMLAB_DISPATCH(simd, MakeLayerChannelsNormFor(plan, max_blocks));
}
}  // namespace normlab
#endif
