// 2x2 max pool, stride 2; rows and columns that do not fill a window are left out, as PyTorch does.
#include "operations/reference/max_pool.h"
#include "operations/fast/pooling.h"
#include "operations/kind.h"

namespace normlab {
namespace {

Shape OutputShape(const Attributes&, std::span<const Shape> inputs) {
  return {inputs[0].channels, inputs[0].height / 2, inputs[0].width / 2};
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  return MakeMaxPool(placement.simd, {.height = 2,
                                      .width = 2,
                                      .x = placement.x().values,
                                      .y = placement.output.values,
                                      .y_gradient = placement.output.gradient,
                                      .x_gradient = placement.x().gradient,
                                      .affine = placement.x().affine});
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>&) {
  return std::make_unique<reference::MaxPool<T>>();
}

}  // namespace

namespace kinds {
const OperationKind& max_pool() {
  static const OperationKind kind = {
      .name = "max pool",
      .output_shape = OutputShape,
      .window =
          [](const Attributes&, Shape) {
            return SlidingWindow{{2, 2, 0}, {2, 2, 0}};
          },
      .traits = {.reads_output = true},
      .reads_affine = [](Simd, const Attributes&, Shape, Shape) { return true; },
      .pytorch_module = "MaxPool2d",
      .pytorch = [](const Attributes&) -> std::string { return "functional.max_pool2d(x, 2)"; },
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
