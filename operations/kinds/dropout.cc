// Element-wise dropout. Attributes: probability, of zeroing; number, the how-manieth dropout of the
// network in the order of the forward pass, from 0.
#include "operations/reference/dropout.h"

#include "operations/fast/dropout.h"
#include "operations/kind.h"
#include "operations/opencl/makers.h"

namespace normlab {
namespace {

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  return MakeDropout(
      placement.simd,
      {placement.attributes["probability"], placement.attributes.integer("number"),
       placement.x().values, placement.output.values,
       placement.has_backward ? placement.output.gradient : nullptr, placement.x().gradient},
      placement.max_blocks);
}

template <typename T>
std::unique_ptr<reference::Operation<T>> MakeReference(const reference::Placement<T>& placement) {
  return std::make_unique<reference::Dropout<T>>(
      placement.attributes["probability"],
      static_cast<std::uint32_t>(placement.attributes.integer("number")));
}

// A zero of the map beside a ReLU says what was dropped, where that map is held for the batch; else
// the decisions are kept, a bit for each element and lane.
std::size_t KeptBytes(const Attributes&, Shape output, bool has_backward, Held held) {
  return has_backward || held == Held::kPerWorker ? output.size() * kBlock / 8 : 0;
}

}  // namespace

namespace kinds {
const OperationKind& dropout() {
  static const OperationKind kind = {
      .name = "dropout",
      .evaluates_differently = true,
      .traits = {.in_place = true, .reads_input = false, .restores = true, .gate = GateKind::kKept},
      .gate_scale =
          [](const Attributes& attributes) {
            return DropoutScale(DropoutThreshold(attributes["probability"]));
          },
      .kept_bytes = KeptBytes,
      .pytorch_module = "Dropout",
      .pytorch = [](const Attributes&) -> std::string { return "self.dropout(x)"; },
      .make_fast = MakeFast,
      .make_float = MakeReference<float>,
      .make_double = MakeReference<double>,
      .make_opencl = opencl::DropoutWork};
  return kind;
}
}  // namespace kinds

}  // namespace normlab
