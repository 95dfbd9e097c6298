#include "norm/moments_method.h"

namespace normlab {

std::vector<ParameterDeclaration> MomentsParameters(const NormMethod& method, Shape output) {
  const std::vector<int> extents = AffineExtents(method, output);
  std::vector<ParameterDeclaration> parameters;
  parameters.push_back({"weight", extents, ParameterRole::kGain, {InitialKind::kConstant, 1}});
  if (method.has_bias) {
    parameters.push_back({"bias", extents, ParameterRole::kShift, {InitialKind::kConstant, 0}});
  }
  return parameters;
}

StateDeclarations MomentsStates(const NormMethod& method, Shape input) {
  if (!method.running_statistics) return {};
  return {.tensors = {{"running_mean", {input.channels}, 0}, {"running_var", {input.channels}, 1}},
          .counter = "num_batches_tracked",
          .running_statistics = true,
          .moments = {{.mean = 0, .variance = 1, .values = input.pixels(), .of_channels = true}}};
}

NormalizationPlan MomentsPlan(const NormMethod& method, const Placement& placement) {
  NormalizationPlan plan;
  plan.method = &method;
  plan.groups = placement.attributes.integer("groups");
  plan.eps = placement.attributes["eps"];
  plan.momentum = placement.attributes["momentum"];
  plan.weight = placement.parameters[0];
  plan.weight_gradient = placement.gradients[0];
  if (method.has_bias) {
    plan.bias = placement.parameters[1];
    plan.bias_gradient = placement.gradients[1];
  }
  if (method.running_statistics) {
    plan.running_mean = placement.states[0];
    plan.running_var = placement.states[1];
    plan.batches_tracked = placement.counter;
    plan.batch_statistics = placement.batch_statistics;
  }
  plan.x = placement.x().values;
  plan.x_gradient = placement.x().gradient;
  plan.y = placement.output.values;
  plan.affine = placement.output.affine;
  plan.y_gradient = placement.output.gradient;
  plan.pooled = placement.pooled;
  plan.gate = placement.gate;
  plan.rectified_by_readers = placement.rectified_by_readers;
  return plan;
}

// Mean and scale of each statistic of an image; a batch's are a few numbers.
std::size_t MomentsKeptBytes(const NormMethod& method, const Attributes& attributes, Shape output) {
  if (method.pools_images) return 0;
  const StatisticShape statistics =
      StatisticShapeOf(method, 1, output, attributes.integer("groups"));
  return sizeof(float) * kBlock * 2 * static_cast<std::size_t>(statistics.size());
}

Coupling MomentsCoupling(const NormMethod& method) {
  if (method.pools_images) return Coupling::kBatch;
  return method.pools_pixels ? Coupling::kImage : Coupling::kPixel;
}

namespace reference {

template <typename T>
NormOptions<T> MomentsOptions(const NormMethod& method, const Placement<T>& placement) {
  NormOptions<T> options;
  options.groups = placement.attributes.integer("groups");
  options.eps = placement.attributes["eps"];
  options.momentum = placement.attributes["momentum"];
  options.weight = placement.parameters[0].data();
  options.gradient.weight = placement.gradients[0].data();
  if (method.has_bias) {
    options.bias = placement.parameters[1].data();
    options.gradient.bias = placement.gradients[1].data();
  }
  if (method.running_statistics) {
    options.running_mean = placement.states[0].data();
    options.running_variance = placement.states[1].data();
    options.batches_tracked = placement.counter;
    options.batch_statistics = placement.batch_statistics;
  }
  return options;
}

template NormOptions<float> MomentsOptions(const NormMethod&, const Placement<float>&);
template NormOptions<double> MomentsOptions(const NormMethod&, const Placement<double>&);

}  // namespace reference
}  // namespace normlab
