#include "engine/fast/gradient_homes.h"

#include <algorithm>

namespace normlab {
namespace {

class Passing {
 public:
  Passing(const Plan& plan, const FusedPlan& fused)
      : plan_(plan), fused_(fused), homes_(fused.home) {}

  std::vector<int> Homes() && {
    for (std::size_t i = plan_.operations.size(); i-- > 0;) {
      const PlanOperation& operation = plan_.operations[i];
      if (operation.kind->traits.passes_gradient) Pass(operation, static_cast<int>(i));
    }
    for (std::size_t i = 0; i < plan_.operations.size(); ++i) {
      const int pooled = fused_.operations[i].pooled;
      if (pooled < 0) continue;
      homes_[At(fused_.home[At(plan_.operations[i].output)])] = homes_[At(fused_.home[At(pooled)])];
    }
    for (std::size_t value = 0; value < homes_.size(); ++value) {
      homes_[value] = homes_[At(fused_.home[value])];
    }
    return std::move(homes_);
  }

 private:
  const PlanValue& value(int index) const { return plan_.values[At(index)]; }

  // On its way back an operation comes after those behind it and before those in front of it.
  // Whoever only reads the gradient shares the map with the others; one of those that write there
  // may have it too, if it begins when nobody reads any more.
  void Pass(const PlanOperation& operation, int index) {
    std::vector<int> reading, writing;
    for (const int input : operation.inputs) {
      if (!MayLieThere(operation, index, input)) continue;
      (IsOnlyRead(input) ? reading : writing).push_back(input);
    }
    const auto last = std::ranges::find_if(writing, [&](int each) {
      return std::ranges::all_of(reading, [&](int other) {
        return BeginsBehind(FirstToWrite(each), value(other).writer);
      });
    });
    if (last != writing.end()) reading.push_back(*last);
    const int home = homes_[At(fused_.home[At(operation.output)])];
    for (const int input : reading) homes_[At(fused_.home[At(input)])] = home;
  }

  // The first part of its gradient is this operation's.
  bool MayLieThere(const PlanOperation& operation, int index, int input) const {
    return value(input).has_gradient && value(input).readers.back() == index &&
           std::ranges::count(operation.inputs, input) == 1;
  }

  // No other reader adds to the gradient, no gate is applied to it where it lies, nor is it passed
  // on to who does so; and who wrote the value reads it, none who comes later.
  bool IsOnlyRead(int input) const {
    const PlanOperation* writer = plan_.WriterOf(input);
    return value(input).readers.size() == 1 && fused_.home[At(input)] == input &&
           writer != nullptr && !writer->kind->traits.passes_gradient &&
           fused_.operations[At(value(input).writer)].backward;
  }

  // Whether who writes there begins when that reader has done. Of one operation that reads a
  // gradient and adds to another, those are two pieces of work, but where it adds as it reads.
  bool BeginsBehind(int writing, int reading) const {
    return reading > writing ||
           (reading == writing && !fused_.operations[At(writing)].adds_gradient);
  }

  // The operation that does so first, or one that comes before it.
  int FirstToWrite(int input) const {
    const std::vector<int>& readers = value(input).readers;
    return readers.size() > 1 ? readers[readers.size() - 2] : value(input).writer;
  }

  const Plan& plan_;
  const FusedPlan& fused_;
  std::vector<int> homes_;  // of homes alone, at first
};

}  // namespace

std::vector<int> GradientHomes(const Plan& plan, const FusedPlan& fused) {
  return Passing(plan, fused).Homes();
}

}  // namespace normlab
