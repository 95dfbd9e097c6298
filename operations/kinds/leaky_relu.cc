// y = x where x is positive, else slope * x (Maas, Hannun & Ng 2013). At 0 its slope is that of the
// negative side. Attribute: slope (0.01), at least 0.
#include "operations/activation_kind.h"
#include "operations/fast/rectifier.h"

namespace normlab {
namespace {

double SlopeOf(const Attributes& attributes) { return attributes.Or("slope", 0.01); }

template <typename T>
struct PlainLeakyRelu {
  explicit PlainLeakyRelu(const Attributes& attributes)
      : slope(static_cast<T>(SlopeOf(attributes))) {}
  T Value(T x) const { return x > 0 ? x : slope * x; }
  T Gradient(T x, T, T dy) const { return x > 0 ? dy : slope * dy; }
  T slope;
};

}  // namespace

namespace kinds {
const OperationKind& leaky_relu() {
  static const OperationKind kind = ActivationKind<PlainLeakyRelu>(
      true, {.name = "leaky_relu",
             .traits = {.gate = GateKind::kRectifier},
             .activation = ActivationErrors{.value = {0.9, 0}, .derivative = {0.25, 0}},
             .rectifier_slope = SlopeOf,
             .pytorch_module = "LeakyReLU",
             .pytorch =
                 [](const Attributes& attributes) {
                   return "functional.leaky_relu(x" + PytorchArgument(attributes, "slope") + ")";
                 },
             .make_fast =
                 [](const Placement& placement) {
                   return MakeRectifier(placement,
                                        static_cast<float>(SlopeOf(placement.attributes)));
                 },
             .make_opencl =
                 [](const opencl::DevicePlacement& placement) {
                   const std::string slope = opencl::Literal(SlopeOf(placement.attributes));
                   return opencl::ActivationWork(
                       placement, {.value = "SELECT(x > 0.0f, x, " + slope + " * x)",
                                   .gradient = "SELECT(x > 0.0f, dy, " + slope + " * dy)"});
                 }});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
