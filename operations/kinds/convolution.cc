// Convolution, square kernel, zero padding; as the field calls cross-correlation. Attributes:
// channels (of the output), kernel (1, 3, 5 or 7), padding (0 or half the kernel), and, where they
// are not 1, 1 and 0: stride, groups (divides both numbers of channels), bias (1: there is one).
#include "operations/fast/convolution.h"

#include <cmath>

#include "operations/convolution_options.h"
#include "operations/fast/algorithm.h"
#include "operations/kind.h"
#include "operations/opencl/makers.h"
#include "operations/reference/convolution.h"

namespace normlab {
namespace {

Shape OutputShape(const Attributes& attributes, std::span<const Shape> inputs) {
  return ConvolutionOptions::Of(attributes).Output(inputs[0]);
}

std::size_t MultiplyAdds(const Attributes& attributes, Shape input, Shape output) {
  return ConvolutionOptions::Of(attributes).Weights(input) * output.pixels();
}

SlidingWindow WindowOf(const Attributes& attributes, Shape) {
  const ConvolutionOptions options = ConvolutionOptions::Of(attributes);
  const WindowAxis axis = {options.kernel, options.stride, options.padding};
  return {axis, axis};
}

// As nn.Conv2d has them: a bias is drawn within the bound of its filter.
std::vector<ParameterDeclaration> Parameters(const Attributes& attributes, Shape input, Shape) {
  const ConvolutionOptions options = ConvolutionOptions::Of(attributes);
  std::vector<ParameterDeclaration> parameters = {
      {.name = "weight",
       .shape = {options.channels, input.channels / options.groups, options.kernel, options.kernel},
       .role = ParameterRole::kFilter,
       .initial = {InitialKind::kFanIn},
       .groups = options.groups}};
  if (options.bias) {
    const double bound = 1 / std::sqrt(static_cast<double>(options.FanIn(input)));
    parameters.push_back({.name = "bias",
                          .shape = {options.channels},
                          .role = ParameterRole::kShift,
                          .initial = {InitialKind::kUniform, bound}});
  }
  return parameters;
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  ConvolutionPlan plan;
  plan.options = ConvolutionOptions::Of(placement.attributes);
  plan.store = placement.store;
  plan.weights = placement.parameters[0];
  plan.x = placement.x().values;
  plan.affine = placement.x().affine;
  plan.rectified = placement.x().rectified;
  plan.x_gradient = placement.x().gradient;
  plan.adds_gradient = placement.adds_gradient;
  plan.gate = placement.gate;
  plan.y = placement.output.values;
  plan.y_gradient = placement.output.gradient;
  plan.weight_gradient = placement.gradients[0];
  if (plan.options.bias) {
    plan.bias = placement.parameters[1];
    plan.bias_gradient = placement.gradients[1];
  }
  plan.workspace = placement.workspace;
  return MakeConvolution(placement.simd, plan);
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>& placement) {
  const ConvolutionOptions options = ConvolutionOptions::Of(placement.attributes);
  const int channels = placement.inputs[0].channels;
  if (!options.bias) {
    return std::make_unique<reference::Convolution<T>>(channels, options, placement.parameters[0],
                                                       placement.gradients[0]);
  }
  return std::make_unique<reference::Convolution<T>>(
      channels, options, placement.parameters[0], placement.gradients[0], placement.parameters[1],
      placement.gradients[1]);
}

}  // namespace

namespace kinds {
const OperationKind& convolution() {
  static const OperationKind kind = {
      .name = "convolution",
      .output_shape = OutputShape,
      .multiply_adds = MultiplyAdds,
      .window = WindowOf,
      .parameters = Parameters,
      .traits = {.stores_rectified = true, .reads_rectified = true, .gradient_apart = true},
      .input_border = [](const Attributes& attributes) { return attributes.integer("padding"); },
      .gradient_border =
          [](const Attributes& attributes) {
            return ConvolutionOptions::Of(attributes).GradientBorder();
          },
      .reads_affine =
          [](Simd simd, const Attributes& attributes, Shape input, Shape) {
            return ReadsNormalized(simd, ConvolutionOptions::Of(attributes), input);
          },
      .adds_gradient =
          [](Simd simd, const Attributes& attributes, Shape input) {
            return AddsGradient(simd, ConvolutionOptions::Of(attributes), input);
          },
      .joins_gradients =
          [](const Attributes& attributes, Shape input) {
            return ConvolutionOptions::Of(attributes).IsDepthwise(input);
          },
      .pytorch_module = "Conv2d",
      .pytorch = [](const Attributes&) -> std::string { return "self.conv(x)"; },
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>,
      .make_opencl = opencl::ConvolutionWork};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
