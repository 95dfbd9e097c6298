// y = max(x, 0). Its slope at 0 is 0.
#include "operations/activation_kind.h"
#include "operations/fast/rectifier.h"

namespace normlab {
namespace {

template <typename T>
struct PlainRelu {
  explicit PlainRelu(const Attributes&) {}
  T Value(T x) const { return x <= 0 ? 0 : x; }
  T Gradient(T, T y, T dy) const { return y <= 0 ? 0 : dy; }
};

}  // namespace

namespace kinds {
const OperationKind& relu() {
  static const OperationKind kind = ActivationKind<PlainRelu>(
      true, {.name = "relu",
             .traits = {.gate = GateKind::kRectifier},
             .activation = ActivationErrors{.value = {0, 0}, .derivative = {0, 0}},
             .pytorch_module = "ReLU",
             .pytorch = [](const Attributes&) -> std::string { return "functional.relu(x)"; },
             .make_fast = [](const Placement& placement) { return MakeRectifier(placement, 0); }});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
