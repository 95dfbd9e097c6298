#include "operations/fast/convolution.h"

#include <cassert>
#include <optional>
#include <vector>

#include "base/at.h"
#include "operations/fast/algorithm.h"
#include "operations/fast/depthwise.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/convolution.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/bias_gradient-inl.h"
#include "operations/fast/convolver-inl.h"
#include "operations/fast/direct_weight_gradient-inl.h"
#include "operations/fast/winograd_channel_gradient-inl.h"
#include "operations/fast/winograd_gradient-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

// Groups are convolutions of their own, each on its channels of the maps, one after the other.
class Convolution : public BlockOperation {
 public:
  Convolution(Simd simd, const ConvolutionPlan& plan)
      : plan_(plan),
        options_(plan.options),
        inputs_(plan.x->shape().channels / options_.groups),
        outputs_(options_.channels / options_.groups) {
    const Shape& input = plan.x->shape();
    assert(options_.kernel % 2 == 1 && options_.kernel <= 7);
    assert(plan.y->shape() == options_.Output(input));
    assert(plan.affine == nullptr || ReadsNormalized(simd, options_, input));
    assert(!options_.bias || plan.bias != nullptr);
    assert(!plan.adds_gradient || AddsGradient(simd, options_, input));
    assert(!plan.gate.positive || (plan.adds_gradient && plan.gate.slope == 0));
    for (int group = 0; group < options_.groups; ++group) {
      forward_.emplace_back(simd, options_, input, *plan.workspace);
      if (plan.x_gradient == nullptr) continue;
      input_gradient_.emplace_back(simd, options_, input, *plan.workspace);
    }
    const Algorithm algorithm = FilterGradientAlgorithm(simd, options_, input);
    if (algorithm == Algorithm::kWinograd) {
      winograd_gradient_.emplace(inputs_, outputs_);
      plan.workspace->Reserve(WinogradGradient::WorkspaceSize(inputs_, outputs_));
    } else if (algorithm == Algorithm::kWinogradByChannels) {
      channel_gradient_.emplace(inputs_, outputs_);
      plan.workspace->Reserve(WinogradChannelGradient::WorkspaceSize(inputs_, outputs_));
    } else {
      plan.workspace->Reserve(WaitingSums::kWorkspace);
    }
  }

  void Begin(const Pass& pass) override {
    for (int group = 0; group < options_.groups; ++group) {
      const auto weight = [&](int output, int input, int tap) {
        return plan_.weights[Index(group, output, input, tap)];
      };
      forward_[At(group)].Pack(weight);
      if (plan_.x_gradient == nullptr || pass.mode != Mode::kTrain) continue;
      input_gradient_[At(group)].Pack(weight);
    }
  }

  void Forward(const Pass&, WorkUnit unit) override {
    WithReader(plan_.affine, plan_.rectified, unit,
               [&]<class Reader>(const BlockView& affine) { Forward<Reader>(affine, unit); });
  }

  void WeightGradient(const Pass&, WorkUnit unit) override {
    WithReader(plan_.affine, plan_.rectified, unit, [&]<class Reader>(const BlockView& affine) {
      for (int group = 0; group < options_.groups; ++group) {
        WeightGradient<Reader>(Inputs(affine, group), group, unit);
      }
    });
    if (!options_.bias) return;
    BiasGradient(plan_.y_gradient->block(unit), [&](int output, float sum) {
      plan_.bias_gradient.Put(unit.block, At(output), sum);
    });
  }

  void Backward(const Pass&, WorkUnit unit) override {
    if (plan_.x_gradient == nullptr) return;
    const BlockView dy = plan_.y_gradient->block(unit), dx = plan_.x_gradient->block(unit);
    for (int group = 0; group < options_.groups; ++group) {
      const InputGradientConvolver& convolver = input_gradient_[At(group)];
      if (plan_.adds_gradient) {
        convolver.Add(Outputs(dy, group), plan_.gate, Inputs(plan_.x->block(unit), group),
                      Inputs(dx, group), unit);
      } else {
        convolver.Run(Outputs(dy, group), Inputs(dx, group), unit);
      }
    }
  }

 private:
  BlockView Inputs(const BlockView& map, int group) const {
    return map.Channels(group * inputs_, inputs_);
  }
  BlockView Outputs(const BlockView& map, int group) const {
    return map.Channels(group * outputs_, outputs_);
  }

  template <class Reader>
  void Forward(const BlockView& affine, WorkUnit unit) const {
    const BlockView x = plan_.x->block(unit), y = plan_.y->block(unit);
    for (int group = 0; group < options_.groups; ++group) {
      const float* biases = options_.bias ? plan_.bias + group * outputs_ : nullptr;
      forward_[At(group)].template Run<Reader>(Inputs(x, group), Inputs(affine, group), biases,
                                               plan_.store, Outputs(y, group), unit);
    }
  }

  template <class Reader>
  void WeightGradient(const BlockView& affine, int group, WorkUnit unit) const {
    const BlockView x = Inputs(plan_.x->block(unit), group);
    const BlockView dy = Outputs(plan_.y_gradient->block(unit), group);
    const auto put = [&](int output, int input, int tap, float sum) {
      plan_.weight_gradient.Put(unit.block, Index(group, output, input, tap), sum);
    };
    if (winograd_gradient_) {
      winograd_gradient_->Run<Reader>(x, affine, options_.padding, dy, plan_.workspace->of(unit),
                                      put);
    } else if (channel_gradient_) {
      channel_gradient_->Run<Reader>(x, affine, options_.padding, dy, plan_.workspace->of(unit),
                                     put);
    } else if (options_.kernel == 1) {
      PointwiseWeightGradient(options_.stride)
          .Run<Reader>(x, affine, dy, plan_.workspace->of(unit),
                       [&](int output, int input, float sum) { put(output, input, 0, sum); });
    } else {
      DirectWeightGradient(outputs_, options_.kernel, options_.padding, options_.stride)
          .Run(x, dy, plan_.workspace->of(unit), put);
    }
  }

  // Of a weight by its places in its group.
  std::size_t Index(int group, int output, int input, int tap) const {
    return (At(group * outputs_ + output) * At(inputs_) + At(input)) * At(options_.taps()) +
           At(tap);
  }

  ConvolutionPlan plan_;
  ConvolutionOptions options_;
  int inputs_, outputs_;  // of a group
  std::vector<ForwardConvolver> forward_;
  std::vector<InputGradientConvolver> input_gradient_;
  std::optional<WinogradGradient> winograd_gradient_;
  std::optional<WinogradChannelGradient> channel_gradient_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeConvolutionFor(Simd simd, const ConvolutionPlan& plan) {
  return std::make_unique<Convolution>(simd, plan);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeConvolution(Simd simd, const ConvolutionPlan& plan) {
  if (plan.options.IsDepthwise(plan.x->shape())) return MakeDepthwise(simd, plan);
  NORMLAB_DISPATCH(simd, MakeConvolutionFor(simd, plan));
}
}  // namespace normlab
#endif
