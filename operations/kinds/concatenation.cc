// The channels of several inputs, one behind the other; their sides agree.
#include "operations/reference/concatenation.h"

#include <cassert>

#include "operations/fast/joining.h"
#include "operations/kind.h"
#include "operations/opencl/makers.h"

namespace normlab {
namespace {

Shape OutputShape(const Attributes&, std::span<const Shape> inputs) {
  Shape output = {0, inputs[0].height, inputs[0].width};
  for (const Shape& input : inputs) {
    assert(input.height == output.height && input.width == output.width);
    output.channels += input.channels;
  }
  return output;
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  return MakeConcatenation(placement.simd, {placement.inputs, placement.output, placement.store});
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>& placement) {
  return std::make_unique<reference::Concatenation<T>>(placement.output);
}

}  // namespace

namespace kinds {
const OperationKind& concatenation() {
  static const OperationKind kind = {
      .name = "concatenation",
      .output_shape = OutputShape,
      .traits = {.reads_input = false, .stores_rectified = true, .reads_rectified = true},
      .reads_affine = [](Simd, const Attributes&, Shape, Shape) { return true; },
      .pytorch_module = "",
      .pytorch = [](const Attributes&) -> std::string { return "torch.cat(xs, dim=1)"; },
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>,
      .make_opencl = opencl::ConcatenationWork};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
