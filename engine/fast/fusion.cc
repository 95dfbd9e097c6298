#include "engine/fast/fusion.h"

#include <algorithm>
#include <numeric>

namespace normlab {
namespace {

class Fusion {
 public:
  Fusion(const Plan& plan, Simd simd) : plan_(plan), simd_(simd) {
    fused_.operations.resize(plan.operations.size());
    fused_.home.resize(plan.values.size());
    std::iota(fused_.home.begin(), fused_.home.end(), 0);
    fused_.affine.resize(plan.values.size());
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

  bool WritesInPlace(const PlanOperation& operation) const {
    const Traits& traits = operation.kind->traits;
    if (!traits.in_place || operation.inputs.size() != 1) return false;
    const int input = operation.inputs[0];
    const PlanOperation* writer = plan_.WriterOf(input);
    if (OnlyReader(input) == nullptr || writer == nullptr) return false;
    // A gate's gradient is read off the last value of its run.
    const bool one_run = IsGate(*writer) && LiesInPlace(*writer) && IsGate(operation);
    if (writer->kind->traits.reads_output && !one_run) return false;
    const bool restored = plan_.WriterOf(Home(input))->kind->traits.restores;
    return restored ? traits.restores : !IsObserved(input);
  }

  void ApplyStore(const PlanOperation& operation) {
    const Store store = operation.kind->traits.store;
    if (store == Store::kPlain || !LiesInPlace(operation)) return;
    const PlanOperation* writer = plan_.WriterOf(operation.inputs[0]);
    if (writer->kind->traits.stores != store) return;
    fused(*writer).store = store;
    fused(operation).forward = false;
  }

  // Whether the operation is the first of gates that write one over the other.
  bool BeginsRun(const PlanOperation& operation) const {
    if (!IsGate(operation) || !LiesInPlace(operation)) return false;
    const PlanOperation* writer = plan_.WriterOf(operation.inputs[0]);
    return !IsGate(*writer) || !LiesInPlace(*writer);
  }

  // The gradient of a run of gates with a positive one among them is that of their last value's
  // sign, times what the others scale by.
  void ApplyGates(const PlanOperation& first) {
    std::vector<const PlanOperation*> run = {&first};
    const PlanOperation* next = OnlyReader(first.output);
    while (next != nullptr && IsGate(*next) && LiesInPlace(*next)) {
      run.push_back(next);
      next = OnlyReader(next->output);
    }
    const PlanOperation* last_positive = nullptr;
    double scale = 1;
    for (const PlanOperation* gate : run) {
      if (gate->kind->traits.gate == GateKind::kPositive) last_positive = gate;
      if (gate->kind->gate_scale != nullptr) scale *= gate->kind->gate_scale(gate->attributes);
    }
    if (last_positive == nullptr) return;
    const Gate gate = {true, static_cast<float>(scale)};
    for (const PlanOperation* operation : run) fused(*operation).backward = false;
    if (next != nullptr && next->kind->traits.applies_gate) {
      fused(*next).gate = gate;
    } else {
      fused(*last_positive).gate = gate;
      fused(*last_positive).backward = true;
    }
  }

  void LeaveToReaders(const PlanOperation& operation) {
    const int output = operation.output;
    if (!operation.kind->traits.gives_affine || output == plan_.output) return;
    for (const int reader : value(output).readers) {
      const PlanOperation& reading = plan_.operations[At(reader)];
      const auto reads = reading.kind->reads_affine;
      if (reads == nullptr ||
          !reads(simd_, reading.attributes, plan_.ShapeOf(output), plan_.ShapeOf(reading.output))) {
        return;
      }
    }
    fused_.affine[At(output)] = true;
  }

  const Plan& plan_;
  Simd simd_;
  FusedPlan fused_;
};

}  // namespace

FusedPlan Fuse(const Plan& plan, Simd simd) { return Fusion(plan, simd).Fuse(); }

}  // namespace normlab
