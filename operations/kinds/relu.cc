// y = max(x, 0).
#include "operations/reference/relu.h"

#include "operations/fast/activation.h"
#include "operations/kind.h"

namespace normlab {
namespace {

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  return MakeRelu(placement.simd,
                  {placement.x().values, placement.output.values, placement.output.gradient,
                   placement.x().gradient, placement.gate.scale});
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>&) {
  return std::make_unique<reference::Relu<T>>();
}

}  // namespace

namespace kinds {
const OperationKind& relu() {
  static const OperationKind kind = {
      .name = "relu",
      .traits = {.in_place = true,
                 .reads_input = false,
                 .reads_output = true,
                 .restores = true,
                 .store = Store::kPositivePart,
                 .gate = GateKind::kPositive},
      .pytorch_module = "ReLU",
      .pytorch = [](const Attributes&) -> std::string { return "functional.relu(x)"; },
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
