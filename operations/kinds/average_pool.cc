// Average pool. Attributes: size of its windows (0: the whole map, global), stride (size), padding
// (0; half of size at most), which counts as zeros. Rows and columns that do not fill a window are
// left out, as PyTorch does.
#include "operations/reference/average_pool.h"

#include "operations/fast/pooling.h"
#include "operations/kind.h"
#include "operations/opencl/makers.h"

namespace normlab {
namespace {

SlidingWindow WindowOf(const Attributes& attributes, Shape input) {
  return PoolWindow(attributes, 0, input);
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  return MakeAveragePool(placement.simd,
                         {.window = WindowOf(placement.attributes, placement.x().values->shape()),
                          .x = placement.x().values,
                          .y = placement.output.values,
                          .y_gradient = placement.output.gradient,
                          .x_gradient = placement.x().gradient});
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>& placement) {
  return std::make_unique<reference::AveragePool<T>>(placement.attributes);
}

std::string PyTorch(const Attributes& attributes) {
  const int size = static_cast<int>(attributes.Or("size", 0));
  return size == 0 ? "functional.adaptive_avg_pool2d(x, 1)"
                   : "functional.avg_pool2d(x, " + PoolArguments(attributes, size) + ")";
}

}  // namespace

namespace kinds {
const OperationKind& average_pool() {
  static const OperationKind kind = {
      .name = "average pool",
      .output_shape =
          [](const Attributes& attributes, std::span<const Shape> inputs) {
            return WindowOf(attributes, inputs[0]).Output(inputs[0]);
          },
      .window = WindowOf,
      .traits = {.reads_input = false},
      .pytorch_module = "AvgPool2d",
      .pytorch = PyTorch,
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>,
      .make_opencl = opencl::AveragePoolWork};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
