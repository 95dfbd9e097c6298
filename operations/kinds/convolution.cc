// Convolution, stride 1, square kernel, zero padding, no bias; as the field calls
// cross-correlation. Attributes: channels (of the output), kernel (1 or 3), padding.
#include "operations/fast/convolution.h"

#include "operations/fast/algorithm.h"
#include "operations/kind.h"
#include "operations/reference/convolution.h"

namespace normlab {
namespace {

Shape OutputShape(const Attributes& attributes, std::span<const Shape> inputs) {
  const int lost = attributes.integer("kernel") - 1 - 2 * attributes.integer("padding");
  return {attributes.integer("channels"), inputs[0].height - lost, inputs[0].width - lost};
}

std::size_t Weights(const Attributes& attributes, Shape input) {
  const std::size_t kernel = static_cast<std::size_t>(attributes.integer("kernel"));
  return kernel * kernel * static_cast<std::size_t>(input.channels) *
         static_cast<std::size_t>(attributes.integer("channels"));
}

std::vector<ParameterDeclaration> Parameters(const Attributes& attributes, Shape input, Shape) {
  const int kernel = attributes.integer("kernel");
  return {{.name = "weight",
           .shape = {attributes.integer("channels"), input.channels, kernel, kernel},
           .role = ParameterRole::kFilter,
           .initial = {InitialKind::kFanIn}}};
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  ConvolutionPlan plan;
  plan.kernel = placement.attributes.integer("kernel");
  plan.padding = placement.attributes.integer("padding");
  plan.store = placement.store;
  plan.weights = placement.parameters[0];
  plan.x = placement.x().values;
  plan.affine = placement.x().affine;
  plan.x_gradient = placement.x().gradient;
  plan.y = placement.output.values;
  plan.y_gradient = placement.output.gradient;
  plan.weight_gradient = placement.gradients[0];
  plan.workspace = placement.workspace;
  return MakeConvolution(placement.simd, plan);
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>& placement) {
  const typename reference::Convolution<T>::Options options = {
      placement.inputs[0].channels, placement.output.channels,
      placement.attributes.integer("kernel"), placement.attributes.integer("padding")};
  return std::make_unique<reference::Convolution<T>>(options, placement.parameters[0],
                                                     placement.gradients[0]);
}

}  // namespace

namespace kinds {
const OperationKind& convolution() {
  static const OperationKind kind = {
      .name = "convolution",
      .output_shape = OutputShape,
      .multiply_adds = [](const Attributes& attributes, Shape input,
                          Shape output) { return Weights(attributes, input) * output.pixels(); },
      .window =
          [](const Attributes& attributes, Shape) {
            const WindowAxis axis = {attributes.integer("kernel"), 1,
                                     attributes.integer("padding")};
            return SlidingWindow{axis, axis};
          },
      .parameters = Parameters,
      .traits = {.stores_rectified = true, .gradient_apart = true},
      .input_border = [](const Attributes& attributes) { return attributes.integer("padding"); },
      .gradient_border =
          [](const Attributes& attributes) {
            return attributes.integer("kernel") - 1 - attributes.integer("padding");
          },
      .reads_affine =
          [](Simd simd, const Attributes& attributes, Shape input, Shape output) {
            return ReadsNormalized(simd, attributes.integer("kernel"), input.channels, output);
          },
      .pytorch_module = "Conv2d",
      .pytorch = [](const Attributes&) -> std::string { return "self.conv(x)"; },
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
