// Max pool. Attributes: size of its windows (2), stride (size), padding (0; half of size at most),
// which is never a maximum. Rows and columns that do not fill a window are left out, as PyTorch
// does.
#include "operations/reference/max_pool.h"

#include "operations/fast/pooling.h"
#include "operations/kind.h"
#include "operations/opencl/makers.h"

namespace normlab {
namespace {

constexpr int kSize = 2;

SlidingWindow WindowOf(const Attributes& attributes, Shape input) {
  return PoolWindow(attributes, kSize, input);
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  return MakeMaxPool(placement.simd,
                     {.window = WindowOf(placement.attributes, placement.x().values->shape()),
                      .x = placement.x().values,
                      .y = placement.output.values,
                      .y_gradient = placement.output.gradient,
                      .x_gradient = placement.x().gradient,
                      .affine = placement.x().affine,
                      .rectified = placement.x().rectified});
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>& placement) {
  return std::make_unique<reference::MaxPool<T>>(placement.attributes);
}

}  // namespace

namespace kinds {
const OperationKind& max_pool() {
  static const OperationKind kind = {
      .name = "max pool",
      .output_shape =
          [](const Attributes& attributes, std::span<const Shape> inputs) {
            return WindowOf(attributes, inputs[0]).Output(inputs[0]);
          },
      .window = WindowOf,
      .traits = {.reads_output = true, .reads_rectified = true, .takes_largest = true},
      .reads_affine = [](Simd, const Attributes&, Shape, Shape) { return true; },
      .pytorch_module = "MaxPool2d",
      .pytorch =
          [](const Attributes& attributes) {
            return "functional.max_pool2d(x, " + PoolArguments(attributes, kSize) + ")";
          },
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>,
      .make_opencl = opencl::MaxPoolWork};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
