#include "engine/fast/schedule.h"

#include <algorithm>

namespace normlab {
namespace {

bool IsPerWorker(const MapLayout& layout, int home) {
  return layout.of(layout.values[At(home)]).held == Held::kPerWorker;
}

// Whether the value is not there when the pass is over: others share its memory, or were written
// over it. In a map of its own only the first value can be restored, for what drops there keeps
// nothing to do so again; the others are as finite as it is.
bool IsRestored(const Plan& plan, const FusedPlan& fused, const MapLayout& layout, int value) {
  const int home = SourceOf(plan, fused, value);
  if (IsPerWorker(layout, home)) return true;
  const PlanOperation* writer = plan.WriterOf(home);
  return value == home && writer != nullptr && writer->kind->traits.restores &&
         std::ranges::count(fused.home, home) > 1;
}

// The operations that write a home, up to `last`, in the order of the forward pass.
std::vector<int> WritersOf(const Plan& plan, const FusedPlan& fused, int home, int last) {
  std::vector<int> writers;
  for (int i = 0; i <= last; ++i) {
    const bool writes = fused.home[At(plan.operations[At(i)].output)] == home;
    if (writes && fused.operations[At(i)].forward) writers.push_back(i);
  }
  return writers;
}

class Scheduler {
 public:
  Scheduler(const Plan& plan, const FusedPlan& fused, const MapLayout& layout, Mode mode,
            const std::vector<bool>& chosen)
      : plan_(plan),
        fused_(fused),
        layout_(layout),
        mode_(mode),
        chosen_(chosen),
        present_(layout.memory.size(), -1) {}

  PassSchedule Make() && {
    schedule_.stages.resize(1);
    const int count = static_cast<int>(plan_.operations.size());
    Come(0, Phase::kForward);
    for (int i = 0; i < count; ++i) Forward(i);
    Begin(StepOf(count));
    Come(StepOf(count), Phase::kForward);
    if (mode_ != Mode::kTrain) return std::move(schedule_);
    for (int i = count; i-- > 0;) Backward(i);
    for (int i = 0; i < count; ++i) {
      if (chosen_[At(StepOf(i))] && !plan_.operations[At(i)].states.empty()) {
        schedule_.ends.push_back({StepOf(i), Phase::kUpdateStates});
      }
    }
    return std::move(schedule_);
  }

 private:
  void Come(int step, Phase phase, int round = 0) {
    if (chosen_[At(step)]) schedule_.stages.back().tasks.push_back({step, phase, round});
  }
  void Begin(int step) {
    if (chosen_[At(step)]) schedule_.begins.push_back({step, Phase::kBegin});
  }

  // All blocks gather, then they wait for the combination.
  void Wait(int step, Phase gather, Phase combine, int round) {
    Come(step, gather, round);
    schedule_.stages.back().combination = Task{step, combine, round};
    schedule_.stages.emplace_back();
    std::ranges::fill(present_, -1);
  }

  void Forward(int index) {
    const PlanOperation& operation = plan_.operations[At(index)];
    const int step = StepOf(index);
    if (!chosen_[At(step)]) return;
    if (fused_.operations[At(index)].forward) {
      Begin(step);
      const int rounds = mode_ == Mode::kEvaluate ? 0 : operation.kind->rounds().forward;
      for (int round = 0; round < rounds; ++round) {
        Wait(step, Phase::kGatherForward, Phase::kCombineForward, round);
      }
      Come(step, Phase::kForward);
    }
    Hold(fused_.home[At(operation.output)]);
  }

  void Backward(int index) {
    const PlanOperation& operation = plan_.operations[At(index)];
    const int step = StepOf(index);
    const bool works = fused_.operations[At(index)].backward && plan_.HasBackward(operation);
    if (!chosen_[At(step)] || !works) return;
    for (int round = 0; round < operation.kind->rounds().backward; ++round) {
      Restore(operation);
      Wait(step, Phase::kGatherBackward, Phase::kCombineBackward, round);
    }
    Restore(operation);
    const bool apart = plan_.HasWeightGradient(operation);
    if (apart) Come(step, Phase::kWeightGradient);
    if (!apart || plan_.HasInputGradient(operation)) Come(step, Phase::kBackward);
    for (std::size_t k = 0; k < operation.inputs.size(); ++k) {
      if (layout_.added[At(index)][k] >= 0) Come(step, Phase::kAdd, static_cast<int>(k));
    }
  }

  // What the operation's way back reads.
  void Restore(const PlanOperation& operation) {
    const Traits& traits = operation.kind->traits;
    if (traits.reads_output) Restore(operation.output);
    if (!traits.reads_input) return;
    for (const int input : operation.inputs) Restore(input);
  }

  void Restore(int value) {
    const int home = SourceOf(plan_, fused_, value);
    if (!IsPerWorker(layout_, home) || present_[At(layout_.values[At(home)])] == home) return;
    for (const int input : plan_.WriterOf(home)->inputs) Restore(input);
    const int last = static_cast<int>(plan_.operations.size()) - 1;
    for (const int writer : WritersOf(plan_, fused_, home, last)) {
      Come(StepOf(writer), Phase::kRestore);
    }
    Hold(home);
  }

  void Hold(int home) {
    const int memory = layout_.values[At(home)];
    if (memory >= 0) present_[At(memory)] = home;
  }

  const Plan& plan_;
  const FusedPlan& fused_;
  const MapLayout& layout_;
  Mode mode_;
  const std::vector<bool>& chosen_;
  PassSchedule schedule_;
  std::vector<int> present_;  // of each memory: the home whose values this block has there
};

}  // namespace

PassSchedule PlanSchedule(const Plan& plan, const FusedPlan& fused, const MapLayout& layout,
                          Mode mode, const std::vector<bool>& chosen) {
  return Scheduler(plan, fused, layout, mode, chosen).Make();
}

std::vector<int> RestorersOf(const Plan& plan, const FusedPlan& fused, const MapLayout& layout,
                             int value) {
  if (!IsRestored(plan, fused, layout, value)) return {};
  const int home = SourceOf(plan, fused, value);
  std::vector<int> restorers;
  for (const int input : plan.WriterOf(home)->inputs) {
    for (const int before : RestorersOf(plan, fused, layout, input)) restorers.push_back(before);
  }
  const PlanOperation* writer = plan.WriterOf(value);
  const bool normalized = fused.affine[At(value)];
  const int last = normalized ? static_cast<int>(plan.operations.size()) - 1
                              : static_cast<int>(writer - plan.operations.data());
  for (const int each : WritersOf(plan, fused, home, last)) restorers.push_back(each);
  return restorers;
}

}  // namespace normlab
