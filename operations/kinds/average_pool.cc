// Average pool. Attributes: size, of its windows and its step; 0: the whole map (global). Rows and
// columns that do not fill a window are left out, as PyTorch does.
#include "operations/reference/average_pool.h"
#include "operations/fast/pooling.h"
#include "operations/kind.h"

namespace normlab {
namespace {

WindowAxis Axis(const Attributes& attributes, int extent) {
  const int size = attributes.integer("size");
  return size == 0 ? WindowAxis{extent, extent, 0} : WindowAxis{size, size, 0};
}

SlidingWindow WindowOf(const Attributes& attributes, Shape input) {
  return {Axis(attributes, input.height), Axis(attributes, input.width)};
}

Shape OutputShape(const Attributes& attributes, std::span<const Shape> inputs) {
  const SlidingWindow window = WindowOf(attributes, inputs[0]);
  return {inputs[0].channels, inputs[0].height / window.rows.step,
          inputs[0].width / window.columns.step};
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  const SlidingWindow window = WindowOf(placement.attributes, placement.x().values->shape());
  return MakeAveragePool(placement.simd, {.height = window.rows.extent,
                                          .width = window.columns.extent,
                                          .x = placement.x().values,
                                          .y = placement.output.values,
                                          .y_gradient = placement.output.gradient,
                                          .x_gradient = placement.x().gradient});
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>& placement) {
  return std::make_unique<reference::AveragePool<T>>(placement.attributes.integer("size"));
}

}  // namespace

namespace kinds {
const OperationKind& average_pool() {
  static const OperationKind kind = {.name = "average pool",
                                     .output_shape = OutputShape,
                                     .window = WindowOf,
                                     .traits = {.reads_input = false},
                                     .pytorch_module = "AvgPool2d",
                                     .pytorch = [](const Attributes& attributes) -> std::string {
                                       const int size = attributes.integer("size");
                                       return size == 0 ? "functional.adaptive_avg_pool2d(x, 1)"
                                                        : "functional.avg_pool2d(x, " +
                                                              std::to_string(size) + ")";
                                     },
                                     .make_fast = MakeFast,
                                     .make_float = MakeReference<float>,
                                     .make_double = MakeReference<double>};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
