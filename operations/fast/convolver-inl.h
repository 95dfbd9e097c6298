// One group of a convolution, forward and to the gradient of its input, by the algorithm that its
// shape asks for.
#if defined(NORMLAB_ENGINE_CONVOLVER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_CONVOLVER_INL_H_
#undef NORMLAB_ENGINE_CONVOLVER_INL_H_
#else
#define NORMLAB_ENGINE_CONVOLVER_INL_H_
#endif

#include <optional>
#include <vector>

#include "operations/convolution_options.h"
#include "operations/fast/algorithm.h"
#include "operations/fast/direct_convolution-inl.h"
#include "operations/fast/tap_convolution-inl.h"
#include "operations/fast/winograd_convolution-inl.h"
#include "operations/fast/workspace.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// 1x1 and 3x3, stride 1. weight(output, input, tap), `border` rows and columns of zeros around x.
template <class Winograd>
class DenseConvolver {
 public:
  DenseConvolver(int kernel, Algorithm algorithm, int inputs, int outputs, Workspace& workspace)
      : workspace_(workspace), zeros_(static_cast<std::size_t>(outputs)) {
    if (algorithm == Algorithm::kWinograd) {
      winograd_.emplace(inputs, outputs);
      workspace.Reserve(Winograd::WorkspaceSize(inputs));
    } else {
      direct_.emplace(inputs, outputs, kernel);
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
  void Run(const BlockView& x, const BlockView& affine, int border, const float* biases, bool relu,
           const BlockView& y, WorkUnit unit) const {
    if (winograd_) {
      winograd_->template Run<Reader>(x, affine, border, biases, relu, y, workspace_.of(unit));
    } else {
      direct_->Run<Reader>(x, affine, border, biases != nullptr ? biases : zeros_.data(), relu, y);
    }
  }

 private:
  Workspace& workspace_;
  std::vector<float> zeros_;
  std::optional<DirectConvolution> direct_;
  std::optional<Winograd> winograd_;
};

inline bool IsDense(const ConvolutionOptions& options) {
  return options.stride == 1 && options.kernel <= 3;
}

class ForwardConvolver {
 public:
  ForwardConvolver(Simd simd, const ConvolutionOptions& options, const Shape& input,
                   Workspace& workspace)
      : options_(options) {
    const int inputs = input.channels / options.groups, outputs = options.channels / options.groups;
    if (IsDense(options) && (getenv("OLD") || ForwardAlgorithm(simd, options, input)==Algorithm::kWinograd)) {
      dense_.emplace(options.kernel, ForwardAlgorithm(simd, options, input), inputs, outputs,
                     workspace);
    } else {
      taps_.emplace(inputs, outputs, KernelTaps(options.kernel));
      zeros_.resize(static_cast<std::size_t>(outputs));
    }
  }

  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    if (dense_) {
      dense_->Pack(weight);
    } else {
      taps_->Pack(weight);
    }
  }

  // `biases`: of the group's outputs, or null.
  template <class Reader>
  void Run(const BlockView& x, const BlockView& affine, const float* biases, bool relu,
           const BlockView& y, WorkUnit unit) const {
    const int border = options_.padding;
    if (dense_) {
      dense_->Run<Reader>(x, affine, border, biases, relu, y, unit);
    } else {
      taps_->Run<Reader>(x, affine, x.at(0, -border, -border), options_.stride,
                         biases != nullptr ? biases : zeros_.data(), relu, y, kBlock);
    }
  }

 private:
  ConvolutionOptions options_;
  std::vector<float> zeros_;
  // The forward pass keeps to the tile whose error is that of the direct sum (measured, in float32:
  // 1.3 times it, where 4 x 4 outputs have 2.2 times it); gradients take the cheaper one.
  std::optional<DenseConvolver<WinogradConvolution<TwoOutputs, FourOutputs>>> dense_;
  std::optional<TapConvolution> taps_;
};

class InputGradientConvolver {
 public:
  InputGradientConvolver(Simd simd, const ConvolutionOptions& options, const Shape& input,
                         Workspace& workspace)
      : options_(options) {
    const Shape of_group = {input.channels / options.groups, input.height, input.width};
    const int outputs = options.channels / options.groups;
    if (IsDense(options) && (getenv("OLD") || InputGradientAlgorithm(simd, options, input)==Algorithm::kWinograd)) {
      dense_.emplace(options.kernel, InputGradientAlgorithm(simd, options, input), outputs,
                     of_group.channels, workspace);
    } else {
      taps_.emplace(outputs, of_group, options.kernel, options.padding, options.stride);
    }
  }

  // weight(output, input, tap) of the convolution itself. The gradient is a convolution of dy with
  // the kernel turned by 180 degrees and inputs and outputs exchanged.
  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    if (dense_) {
      const int last = options_.taps() - 1;
      dense_->Pack(
          [&](int input, int output, int tap) { return weight(output, input, last - tap); });
    } else {
      taps_->Pack(weight);
    }
  }

  void Run(const BlockView& dy, const BlockView& dx, WorkUnit unit) const {
    if (dense_) {
      dense_->Run<PlainReader>(dy, {}, options_.GradientBorder(), nullptr, false, dx, unit);
    } else {
      taps_->Run(dy, dx);
    }
  }

 private:
  ConvolutionOptions options_;
  std::optional<DenseConvolver<WinogradConvolution<FourOutputs, FourOutputs>>> dense_;
  std::optional<TapInputGradient> taps_;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_CONVOLVER_INL_H_
