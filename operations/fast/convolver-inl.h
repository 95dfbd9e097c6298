// One group of a convolution, forward and to the gradient of its input, by the algorithm that its
// shape asks for.
#if defined(NORMLAB_ENGINE_CONVOLVER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_CONVOLVER_INL_H_
#undef NORMLAB_ENGINE_CONVOLVER_INL_H_
#else
#define NORMLAB_ENGINE_CONVOLVER_INL_H_
#endif

#include <optional>

#include "operations/convolution_options.h"
#include "operations/fast/algorithm.h"
#include "operations/fast/direct_convolution-inl.h"
#include "operations/fast/direct_input_gradient-inl.h"
#include "operations/fast/winograd_convolution-inl.h"
#include "operations/fast/workspace.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

class ForwardConvolver {
 public:
  ForwardConvolver(Simd simd, const ConvolutionOptions& options, const Shape& input,
                   Workspace& workspace)
      : options_(options), workspace_(workspace) {
    const int inputs = input.channels / options.groups, outputs = options.channels / options.groups;
    if (ForwardAlgorithm(simd, options, input) == Algorithm::kWinograd) {
      winograd_.emplace(inputs, outputs);
      workspace.Reserve(Winograd::WorkspaceSize(inputs));
    } else {
      direct_.emplace(inputs, outputs, KernelTaps(options.kernel));
    }
  }

  // weight(output, input, tap), places in the group.
  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    if (winograd_) {
      winograd_->Pack(weight);
    } else {
      direct_->Pack(weight);
    }
  }

  // `biases`: of the group's outputs, or null.
  template <class Reader>
  void Run(const BlockView& x, const BlockView& affine, const float* biases, Store store,
           const BlockView& y, WorkUnit unit) const {
    const int padding = options_.padding;
    if (winograd_) {
      winograd_->Run<Reader>(x, affine, padding, biases, store, y, workspace_.of(unit));
    } else {
      direct_->Run<Reader>(x, affine, x.at(0, -padding, -padding), options_.stride, biases, store,
                           y, kBlock);
    }
  }

 private:
  // The forward pass keeps to the tile whose error is that of the direct sum (measured, in float32:
  // 1.3 times it, where 4 x 4 outputs have 2.2 times it); gradients take the cheaper one.
  using Winograd = WinogradConvolution<TwoOutputs, FourOutputs>;

  ConvolutionOptions options_;
  Workspace& workspace_;
  std::optional<DirectConvolution> direct_;
  std::optional<Winograd> winograd_;
};

class InputGradientConvolver {
 public:
  InputGradientConvolver(Simd simd, const ConvolutionOptions& options, const Shape& input,
                         Workspace& workspace)
      : options_(options), workspace_(workspace) {
    const int inputs = input.channels / options.groups, outputs = options.channels / options.groups;
    if (InputGradientAlgorithm(simd, options, input) == Algorithm::kWinograd) {
      winograd_.emplace(outputs, inputs);
      workspace.Reserve(Winograd::WorkspaceSize(outputs));
    } else {
      direct_.emplace(outputs, Shape{inputs, input.height, input.width}, options);
    }
  }

  // weight(output, input, tap) of the convolution itself. By Winograd the gradient is a convolution
  // of dy with the kernel turned by 180 degrees and inputs and outputs exchanged.
  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    if (winograd_) {
      const int last = options_.taps() - 1;
      winograd_->Pack(
          [&](int input, int output, int tap) { return weight(output, input, last - tap); });
    } else {
      direct_->Pack(weight);
    }
  }

  void Run(const BlockView& dy, const BlockView& dx, WorkUnit unit) const {
    if (winograd_) {
      winograd_->Run<PlainReader>(dy, {}, options_.GradientBorder(), nullptr, Store(), dx,
                                  workspace_.of(unit));
    } else {
      direct_->Run(dy, dx);
    }
  }

  // dx += that, and the sum gated by the sign of x. Only where AddsGradient says so.
  void Add(const BlockView& dy, const Gate& gate, const BlockView& x, const BlockView& dx,
           WorkUnit unit) const {
    winograd_->Add(dy, options_.GradientBorder(), gate, x, dx, workspace_.of(unit));
  }

 private:
  using Winograd = WinogradConvolution<FourOutputs, FourOutputs>;

  ConvolutionOptions options_;
  Workspace& workspace_;
  std::optional<DirectInputGradient> direct_;
  std::optional<Winograd> winograd_;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_CONVOLVER_INL_H_
