// A residual network's shortcut without parameters. Attributes: stride (1); channels, of the
// output, not fewer than the input's.
#include "operations/reference/padded_shortcut.h"

#include <string>

#include "operations/fast/joining.h"
#include "operations/kind.h"
#include "operations/opencl/makers.h"

namespace normlab {
namespace {

int Stride(const Attributes& attributes) { return static_cast<int>(attributes.Or("stride", 1)); }

template <typename T>
reference::PaddedShortcut<T> Plain(const Attributes& attributes) {
  return {Stride(attributes), attributes.integer("channels")};
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  return MakePaddedShortcut(placement.simd, {placement.inputs, placement.output, placement.store},
                            Stride(placement.attributes));
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>& placement) {
  return std::make_unique<reference::PaddedShortcut<T>>(Plain<T>(placement.attributes));
}

// "functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, (32 - x.shape[1]) // 2, (33 - x.shape[1]) // 2))"
std::string PyTorch(const Attributes& attributes) {
  const std::string step = "::" + std::to_string(Stride(attributes));
  const int channels = attributes.integer("channels");
  return "functional.pad(x[:, :, " + step + ", " + step + "], (0, 0, 0, 0, (" +
         std::to_string(channels) + " - x.shape[1]) // 2, (" + std::to_string(channels + 1) +
         " - x.shape[1]) // 2))";
}

}  // namespace

namespace kinds {
const OperationKind& padded_shortcut() {
  static const OperationKind kind = {
      .name = "padded shortcut",
      .output_shape =
          [](const Attributes& attributes, std::span<const Shape> inputs) {
            return Plain<double>(attributes).OutputShape(inputs[0]);
          },
      .window =
          [](const Attributes& attributes, Shape) {
            const WindowAxis axis = {1, Stride(attributes), 0};
            return SlidingWindow{axis, axis};
          },
      .traits = {.reads_input = false,
                 .restores = true,
                 .stores_rectified = true,
                 .reads_rectified = true},
      .reads_affine = [](Simd, const Attributes&, Shape, Shape) { return true; },
      .pytorch_module = "",
      .pytorch = PyTorch,
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>,
      .make_opencl = opencl::PaddedShortcutWork};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
