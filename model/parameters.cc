#include "model/architecture.h"
#include "operations/activation.h"

namespace normlab {

std::vector<std::string> ActivationChoices() {
  std::vector<std::string> names = {std::string(kNoActivation)};
  for (const Activation& activation : Activations()) names.emplace_back(activation.name);
  return names;
}

const FilterMethod& ActingFilter(const ModelOptions& options) {
  const std::string& brought = options.norm->equation->weights;
  return brought.empty() ? options.weights.method() : FindFilterMethod(brought);
}

const NormMethod& NormOf(const ModelOptions& options, const Layer& layer) {
  return layer.norm.empty() ? options.norm.method() : FindNormMethod(layer.norm);
}

const FilterMethod& FilterOf(const ModelOptions& options, const Layer& layer) {
  if (layer.bare) return FindFilterMethod("none");
  const std::string& brought = NormOf(options, layer).equation->weights;
  return brought.empty() ? options.weights.method() : FindFilterMethod(brought);
}

std::string_view ActivationOf(const ModelOptions& options, const Layer& layer) {
  const bool joins = layer.kind == LayerKind::kSum;
  if (layer.bare || (!joins && NormOf(options, layer).is_activation)) return kNoActivation;
  return layer.activation.empty() ? std::string_view(options.activation)
                                  : std::string_view(layer.activation);
}

bool HasNorm(const Architecture& architecture, const Layer& layer) {
  return layer.kind == LayerKind::kConvolution && !layer.bare &&
         NormOf(architecture.options, layer).normalizes();
}

std::size_t StoredParameters(const Architecture& architecture, const Layer& layer) {
  return architecture.plan->parameters_of(layer.name);
}

std::size_t StoredParameters(const Architecture& architecture) {
  return architecture.plan->parameter_count();
}

std::size_t ParametersPerCall(const Architecture& architecture) {
  std::size_t sum = 0;
  for (const Layer& layer : architecture.layers) {
    sum += StoredParameters(architecture, layer) * static_cast<std::size_t>(layer.repeat);
  }
  return sum;
}

std::size_t MultiplyAdds(const Architecture& architecture, const Layer& layer) {
  std::size_t sum = 0;
  for (const PlanOperation& operation : architecture.plan->operations) {
    if (operation.layer != layer.name || operation.application != 1) continue;
    sum += MultiplyAdds(*architecture.plan, operation);
  }
  return sum;
}

std::size_t MultiplyAdds(const Architecture& architecture) {
  return MultiplyAdds(*architecture.plan);
}

}  // namespace normlab
