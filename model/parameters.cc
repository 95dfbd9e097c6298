#include "model/architecture.h"

namespace normlab {
namespace {

// Calls visit(operation) for those of one application of a layer.
template <class Visit>
void ForEachOperation(const Architecture& architecture, const Layer& layer, const Visit& visit) {
  for (const PlanOperation& operation : architecture.plan->operations) {
    if (operation.layer == layer.name && operation.application == 1) visit(operation);
  }
}

}  // namespace

bool HasNorm(const Architecture& architecture, const Layer& layer) {
  return layer.kind == LayerKind::kConvolution && !layer.bare &&
         architecture.options.norm->normalizes();
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
  ForEachOperation(architecture, layer, [&](const PlanOperation& operation) {
    sum += MultiplyAdds(*architecture.plan, operation);
  });
  return sum;
}

std::size_t MultiplyAdds(const Architecture& architecture) {
  return MultiplyAdds(*architecture.plan);
}

}  // namespace normlab
