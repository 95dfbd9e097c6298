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

opencl::DeviceWork MakeOpenCl(const opencl::DevicePlacement& placement) {
  return opencl::ActivationWork(placement, {.value = "SELECT(x <= 0.0f, (V)(0.0f), x)",
                                            .gradient = "SELECT(y <= 0.0f, (V)(0.0f), dy)"});
}

}  // namespace

namespace kinds {
const OperationKind& relu() {
  static const OperationKind kind = ActivationKind<PlainRelu>(
      true, {.name = "relu",
             .traits = {.gate = GateKind::kRectifier},
             .activation = ActivationErrors{.value = {0, 0}, .derivative = {0, 0}},
             .pytorch_module = "ReLU",
             .pytorch = [](const Attributes&) -> std::string { return "functional.relu(x)"; },
             .make_fast = [](const Placement& placement) { return MakeRectifier(placement, 0); },
             .make_opencl = MakeOpenCl});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
