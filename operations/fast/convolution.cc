#include "operations/fast/convolution.h"

#include <cassert>
#include <optional>
#include <vector>

#include "operations/fast/algorithm.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/convolution.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/direct_convolution-inl.h"
#include "operations/fast/winograd_convolution-inl.h"
#include "operations/fast/winograd_gradient-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

// One direction of a convolution by the algorithm that its shape asks for.
template <class Winograd>
class Convolver {
 public:
  Convolver(int kernel, Algorithm algorithm, int inputs, const Shape& outputs, Workspace& workspace)
      : workspace_(workspace) {
    if (algorithm == Algorithm::kWinograd) {
      winograd_.emplace(inputs, outputs.channels);
      workspace.Reserve(Winograd::WorkspaceSize(inputs));
    } else {
      direct_.emplace(inputs, outputs.channels, kernel);
    }
  }

  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    if (winograd_) {
      winograd_->Pack(weight);
    } else {
      direct_->Pack(weight);
    }
  }

  template <class Reader>
  void Run(const BlockView& x, const BlockView& affine, int border, Store store, const BlockView& y,
           WorkUnit unit) const {
    if (winograd_) {
      winograd_->template Run<Reader>(x, affine, border, store, y, workspace_.of(unit));
    } else {
      direct_->Run<Reader>(x, affine, border, store, y);
    }
  }

 private:
  Workspace& workspace_;
  std::optional<DirectConvolution> direct_;
  std::optional<Winograd> winograd_;
};

class Convolution : public BlockOperation {
 public:
  Convolution(Simd simd, const ConvolutionPlan& plan)
      : plan_(plan),
        inputs_(plan.x->shape().channels),
        outputs_(plan.y->shape().channels),
        taps_(plan.kernel * plan.kernel),
        forward_(plan.kernel, ForwardAlgorithm(simd, plan.kernel, inputs_, plan.y->shape()),
                 inputs_, plan.y->shape(), *plan.workspace) {
    assert(plan.kernel == 3 || plan.kernel == 1);
    assert(plan.affine == nullptr || ReadsNormalized(simd, plan.kernel, inputs_, plan.y->shape()));
    if (plan.x_gradient != nullptr) {
      input_gradient_.emplace(plan.kernel,
                              InputGradientAlgorithm(simd, plan.kernel, plan.x->shape(), outputs_),
                              outputs_, plan.x->shape(), *plan.workspace);
    }
    if (FilterGradientAlgorithm(simd, plan.kernel, inputs_, plan.y->shape()) ==
        Algorithm::kWinograd) {
      winograd_gradient_.emplace(inputs_, outputs_);
      plan.workspace->Reserve(WinogradGradient::WorkspaceSize(inputs_, outputs_));
    }
  }

  void Begin(const Pass& pass) override {
    forward_.Pack([&](int output, int input, int tap) { return Weight(output, input, tap); });
    if (!input_gradient_ || pass.mode != Mode::kTrain) return;
    // The input gradient is a convolution of dy with the kernel turned by 180 degrees and inputs
    // and outputs exchanged.
    input_gradient_->Pack(
        [&](int input, int output, int tap) { return Weight(output, input, taps_ - 1 - tap); });
  }

  void Forward(const Pass&, WorkUnit unit) override {
    if (plan_.affine != nullptr) {
      Forward<NormalizingReader>(plan_.affine->block(unit), unit);
    } else {
      Forward<PlainReader>({}, unit);
    }
  }

  void WeightGradient(const Pass&, WorkUnit unit) override {
    if (plan_.affine != nullptr) {
      WeightGradient<NormalizingReader>(plan_.affine->block(unit), unit);
    } else {
      WeightGradient<PlainReader>({}, unit);
    }
  }

  void Backward(const Pass&, WorkUnit unit) override {
    if (input_gradient_) {
      input_gradient_->Run<PlainReader>(plan_.y_gradient->block(unit), {},
                                        plan_.kernel - 1 - plan_.padding, Store(),
                                        plan_.x_gradient->block(unit), unit);
    }
  }

 private:
  template <class Reader>
  void Forward(const BlockView& affine, WorkUnit unit) const {
    forward_.template Run<Reader>(plan_.x->block(unit), affine, plan_.padding, plan_.store,
                                  plan_.y->block(unit), unit);
  }

  template <class Reader>
  void WeightGradient(const BlockView& affine, WorkUnit unit) const {
    const BlockView x = plan_.x->block(unit), dy = plan_.y_gradient->block(unit);
    const auto put = [&](int output, int input, int tap, float sum) {
      plan_.weight_gradient.Put(unit.block, Index(output, input, tap), sum);
    };
    if (winograd_gradient_) {
      winograd_gradient_->Run<Reader>(x, affine, plan_.padding, dy, plan_.workspace->of(unit), put);
    } else if (plan_.kernel == 3) {
      WeightGradient3x3(dy, x, plan_.padding,
                        [&](int output, int input, int ky, int kx, float sum) {
                          put(output, input, ky * 3 + kx, sum);
                        });
    } else {
      WeightGradient1x1<Reader>(
          dy, x, affine, [&](int output, int input, float sum) { put(output, input, 0, sum); });
    }
  }

  std::size_t Index(int output, int input, int tap) const {
    return (static_cast<std::size_t>(output) * inputs_ + input) * taps_ + tap;
  }
  float Weight(int output, int input, int tap) const {
    return plan_.weights[Index(output, input, tap)];
  }

  ConvolutionPlan plan_;
  int inputs_, outputs_, taps_;
  // The forward pass keeps to the tile whose error is that of the direct sum (measured, in float32:
  // 1.3 times it, where 4 x 4 outputs have 2.2 times it); gradients take the cheaper one.
  Convolver<WinogradConvolution<TwoOutputs, FourOutputs>> forward_;
  std::optional<Convolver<WinogradConvolution<FourOutputs, FourOutputs>>> input_gradient_;
  std::optional<WinogradGradient> winograd_gradient_;
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
  NORMLAB_DISPATCH(simd, MakeConvolutionFor(simd, plan));
}
}  // namespace normlab
#endif
