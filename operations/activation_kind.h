// What every activation declares alike. A file of operations/kinds/ that is one says its function
// twice, on vectors (operations/fast/activation-inl.h) and in scalars
// (operations/reference/activation.h), and is in Activations() by that alone.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "operations/kind.h"
#include "operations/opencl/launches.h"
#include "operations/opencl/makers.h"
#include "operations/reference/activation.h"

namespace normlab {

// ", 0.2" where the attribute is not at its default.
inline std::string PytorchArgument(const Attributes& attributes, std::string_view name) {
  for (const Attributes::Entry& entry : attributes) {
    if (entry.first == name) return fmt::format(", {}", entry.second);
  }
  return "";
}

// Adds the traits. `of_output`: the derivative is told from the output. Such an activation writes
// over its input; another one reads it again on the way back, and can normalize it while reading.
inline OperationKind WithTraits(bool of_output, OperationKind kind) {
  kind.traits.in_place = of_output;
  kind.traits.reads_input = !of_output;
  kind.traits.reads_output = of_output;
  kind.traits.restores = true;
  if (!of_output) {
    kind.reads_affine = [](Simd, const Attributes&, Shape, Shape) { return true; };
  }
  return kind;
}

// `kind` has the name, the errors, PyTorch's text, `make_fast`; `Function` is the scalar one.
template <template <typename T> class Function>
OperationKind ActivationKind(bool of_output, OperationKind kind) {
  kind = WithTraits(of_output, std::move(kind));
  kind.make_float = [](const reference::Placement<float>& placement) {
    using Plain = reference::Activation<float, Function<float>>;
    return std::make_unique<Plain>(Function<float>(placement.attributes));
  };
  kind.make_double = [](const reference::Placement<double>& placement) {
    using Plain = reference::Activation<double, Function<double>>;
    return std::make_unique<Plain>(Function<double>(placement.attributes));
  };
  return kind;
}

}  // namespace normlab
