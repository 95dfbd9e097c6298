#include "engine/fast/fusion.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace normlab {
namespace {

class Fusion {
 public:
  Fusion(const Plan& plan, Simd simd) : plan_(plan), simd_(simd) {
    fused_.operations.resize(plan.operations.size());
    fused_.home.resize(plan.values.size());
    std::iota(fused_.home.begin(), fused_.home.end(), 0);
    fused_.affine.resize(plan.values.size());
    fused_.rectified.resize(plan.values.size());
  }

  FusedPlan Fuse() && {
    for (const PlanOperation& operation : plan_.operations) {
      if (WritesInPlace(operation)) fused_.home[At(operation.output)] = Home(operation.inputs[0]);
    }
    for (const PlanOperation& operation : plan_.operations) ApplyStore(operation);
    for (const PlanOperation& operation : plan_.operations) {
      if (BeginsRun(operation)) ApplyGates(operation);
    }
    for (const PlanOperation& operation : plan_.operations) LeaveToReaders(operation);
    for (const PlanOperation& operation : plan_.operations) AddGradient(operation);
    for (const PlanOperation& operation : plan_.operations) GateSum(operation);
    return std::move(fused_);
  }

 private:
  const PlanValue& value(int index) const { return plan_.values[At(index)]; }
  int Home(int index) const { return fused_.home[At(index)]; }
  FusedOperation& fused(const PlanOperation& operation) {
    return fused_.operations[static_cast<std::size_t>(&operation - plan_.operations.data())];
  }
  // The only operation that reads the value; null where there are several, or the loss does.
  const PlanOperation* OnlyReader(int index) const {
    const std::vector<int>& readers = value(index).readers;
    return readers.size() == 1 ? &plan_.operations[At(readers[0])] : nullptr;
  }
  static bool IsGate(const PlanOperation& operation) {
    return operation.kind->traits.gate != GateKind::kNone;
  }
  bool LiesInPlace(const PlanOperation& operation) const {
    return Home(operation.output) != operation.output;
  }

  // What a unit gives, and its normalization reads and gives, is looked at after the pass
  // (Network::VisitUnits).
  bool IsObserved(int index) const {
    return std::ranges::any_of(plan_.units, [index](const PlanUnit& unit) {
      return unit.before == index || unit.after == index;
    });
  }

  // Whether somebody who wrote to the value's map reads there on the way back what he wrote. A
  // gate's gradient is told by the last value of its run, so that further gates may write over it.
  bool IsReadOnTheWayBack(int index, bool further_gate) const {
    const PlanOperation* writer = plan_.WriterOf(index);
    while (true) {
      const bool in_place = LiesInPlace(*writer);
      const bool one_run = further_gate && in_place && IsGate(*writer);
      if (writer->kind->traits.reads_output && !one_run) return true;
      if (!in_place) return false;
      writer = plan_.WriterOf(writer->inputs[0]);
    }
  }

  bool WritesInPlace(const PlanOperation& operation) const {
    const Traits& traits = operation.kind->traits;
    if (!traits.in_place || operation.inputs.size() != 1) return false;
    const int input = operation.inputs[0];
    const PlanOperation* writer = plan_.WriterOf(input);
    if (OnlyReader(input) == nullptr || writer == nullptr) return false;
    if (IsReadOnTheWayBack(input, IsGate(operation))) return false;
    const bool restored = plan_.WriterOf(Home(input))->kind->traits.restores;
    return restored ? traits.restores : !IsObserved(input);
  }

  static float SlopeOf(const PlanOperation& rectifier) {
    const auto& slope = rectifier.kind->rectifier_slope;
    return slope == nullptr ? 0.0f : static_cast<float>(slope(rectifier.attributes));
  }

  void ApplyStore(const PlanOperation& operation) {
    if (operation.kind->traits.gate != GateKind::kRectifier || !LiesInPlace(operation)) return;
    const PlanOperation* writer = plan_.WriterOf(operation.inputs[0]);
    if (!writer->kind->traits.stores_rectified) return;
    fused(*writer).store = {true, SlopeOf(operation)};
    fused(operation).forward = false;
  }

  // Whether the operation is the first of gates that write one over the other.
  bool BeginsRun(const PlanOperation& operation) const {
    if (!IsGate(operation) || !LiesInPlace(operation)) return false;
    const PlanOperation* writer = plan_.WriterOf(operation.inputs[0]);
    return !IsGate(*writer) || !LiesInPlace(*writer);
  }

  // Gates that write one over the other, and who reads the last of them.
  struct Run {
    std::vector<const PlanOperation*> gates;
    const PlanOperation* reader = nullptr;
  };
  Run RunOf(const PlanOperation& first) const {
    Run run = {{&first}, OnlyReader(first.output)};
    while (run.reader != nullptr && IsGate(*run.reader) && LiesInPlace(*run.reader)) {
      run.gates.push_back(run.reader);
      run.reader = OnlyReader(run.reader->output);
    }
    return run;
  }

  // The gradient of a run of gates with rectifiers among them is told by their last value's sign. A
  // zero of that says what was dropped only where a ReLU is among them: of a leaky one an input of
  // zero is a zero too, and has a gradient. There dropout's factors are applied by itself, before
  // or after the rectifiers', which makes no difference to a product.
  void ApplyGates(const PlanOperation& first) {
    const Run run = RunOf(first);
    const PlanOperation* last_rectifier = nullptr;
    double scale = 1;
    float slope = 1;
    for (const PlanOperation* gate : run.gates) {
      if (gate->kind->traits.gate == GateKind::kRectifier) {
        last_rectifier = gate;
        slope *= SlopeOf(*gate);
      }
      if (gate->kind->gate_scale != nullptr) scale *= gate->kind->gate_scale(gate->attributes);
    }
    if (last_rectifier == nullptr) return;
    const bool tells_dropped = slope == 0;
    const Gate gate = {true, tells_dropped ? static_cast<float>(scale) : 1.0f, slope};
    for (const PlanOperation* operation : run.gates) {
      const bool rectifies = operation->kind->traits.gate == GateKind::kRectifier;
      if (rectifies || tells_dropped) fused(*operation).backward = false;
    }
    if (run.reader != nullptr && run.reader->kind->traits.applies_gate) {
      fused(*run.reader).gate = gate;
    } else {
      fused(*last_rectifier).gate = gate;
      fused(*last_rectifier).backward = true;
    }
  }

  void LeaveToReaders(const PlanOperation& operation) {
    if (!operation.kind->traits.gives_affine()) return;
    const int output = operation.output;
    if (AreReadAffine(output, false)) {
      fused_.affine[At(output)] = true;
      RouteGradient(operation, output);
      return;
    }
    const PlanOperation* rectifier = OnlyReader(output);
    if (rectifier == nullptr || !IsRelu(*rectifier) || !LiesInPlace(*rectifier)) return;
    if (!AreReadAffine(rectifier->output, true)) return;
    fused_.affine[At(output)] = fused_.affine[At(rectifier->output)] = true;
    fused_.rectified[At(rectifier->output)] = true;
    fused(*rectifier).forward = false;
    if (!operation.kind->traits.gates_affine) return;
    fused(*rectifier).backward = false;
    fused(operation).rectified_by_readers = true;
    RouteGradient(operation, rectifier->output);
  }

  // What a pool takes, whoever normalizes can tell as well: of a value that no map holds, with a
  // gradient that then needs none.
  void RouteGradient(const PlanOperation& operation, int seen) {
    const PlanOperation* pool = OnlyReader(seen);
    if (!operation.kind->traits.gates_affine || pool == nullptr) return;
    if (!pool->kind->traits.takes_largest) return;
    if (!pool->kind->window(pool->attributes, plan_.ShapeOf(seen)).halves()) return;
    fused(*pool).backward = false;
    fused(operation).pooled = pool->output;
  }

  // Of the readers of a value the last is the first on the way back, and writes its gradient; the
  // others add to it.
  void AddGradient(const PlanOperation& operation) {
    if (operation.kind->adds_gradient == nullptr || !plan_.HasInputGradient(operation)) return;
    const int input = operation.inputs[0];
    fused(operation).adds_gradient =
        &plan_.operations[At(value(input).readers.back())] != &operation &&
        operation.kind->adds_gradient(simd_, operation.attributes, plan_.ShapeOf(input));
  }

  // A run's gradient that no other has gated yet, by the last of those who add to it.
  void GateSum(const PlanOperation& rectifier) {
    FusedOperation& own = fused(rectifier);
    const bool gates_itself = IsGate(rectifier) && own.gate.positive && own.backward;
    if (!gates_itself || own.gate.slope != 0) return;
    const int output = RunOf(rectifier).gates.back()->output;
    if (fused_.affine[At(output)] || output == plan_.output) return;
    const std::vector<int>& readers = value(output).readers;
    FusedOperation& adder = fused_.operations[At(readers.front())];
    if (!adder.adds_gradient) return;
    adder.gate = std::exchange(own.gate, {});
    own.backward = false;
  }

  static bool IsRelu(const PlanOperation& operation) {
    return operation.kind->traits.gate == GateKind::kRectifier && SlopeOf(operation) == 0;
  }

  // Whether all who read the value can compute it of what its writer read.
  bool AreReadAffine(int index, bool rectified) const {
    if (index == plan_.output) return false;
    return std::ranges::all_of(value(index).readers, [&](int reader) {
      const PlanOperation& reading = plan_.operations[At(reader)];
      const auto reads = reading.kind->reads_affine;
      return reads != nullptr && (!rectified || reading.kind->traits.reads_rectified) &&
             reads(simd_, reading.attributes, plan_.ShapeOf(index), plan_.ShapeOf(reading.output));
    });
  }

  const Plan& plan_;
  Simd simd_;
  FusedPlan fused_;
};

}  // namespace

FusedPlan Fuse(const Plan& plan, Simd simd) { return Fusion(plan, simd).Fuse(); }

}  // namespace normlab
