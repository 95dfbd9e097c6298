// The sum of two inputs or more of one shape, added in their order.
#include "operations/reference/sum.h"

#include <algorithm>
#include <cassert>

#include "operations/fast/joining.h"
#include "operations/kind.h"
#include "operations/opencl/makers.h"

namespace normlab {
namespace {

Shape OutputShape(const Attributes&, std::span<const Shape> inputs) {
  assert(inputs.size() >= 2);
  assert(std::ranges::count(inputs, inputs[0]) == std::ssize(inputs));
  return inputs[0];
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  return MakeSum(placement.simd, {placement.inputs, placement.output, placement.store});
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>&) {
  return std::make_unique<reference::Sum<T>>();
}

}  // namespace

namespace kinds {
const OperationKind& sum() {
  static const OperationKind kind = {
      .name = "sum",
      .output_shape = OutputShape,
      .traits = {.reads_input = false,
                 .stores_rectified = true,
                 .reads_rectified = true,
                 .passes_gradient = true},
      .reads_affine = [](Simd, const Attributes&, Shape, Shape) { return true; },
      .pytorch_module = "",
      .pytorch = [](const Attributes&) -> std::string { return " + "; },
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>,
      .make_opencl = opencl::SumWork};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
