#include "engine/fast/layout.h"

#include <algorithm>
#include <climits>

#include "engine/fast/gradient_homes.h"

namespace normlab {
namespace {

// From a first to a last moment; empty at first.
struct Span {
  int first_task = INT_MAX, last_task = -1;
  int first_stage = INT_MAX, last_stage = -1;

  void Add(const Moment& moment) {
    first_task = std::min(first_task, moment.task);
    last_task = std::max(last_task, moment.task);
    first_stage = std::min(first_stage, moment.stage);
    last_stage = std::max(last_stage, moment.stage);
  }
  void Add(const Visit& visit) {
    if (!visit.takes_place) return;
    Add(visit.first);
    Add(visit.last);
  }
  bool within_a_stage() const { return first_stage >= last_stage; }
  bool Meets(const Span& other) const {
    return first_task <= other.last_task && other.first_task <= last_task;
  }
};

// When a map is in use, on the way forward and on the way back.
struct Use {
  Span forward, backward;
  bool Meets(const Use& other) const {
    return forward.Meets(other.forward) || backward.Meets(other.backward);
  }
};

// Takes memory for maps; those that may share are in one pool.
class Pool {
 public:
  explicit Pool(MapLayout& layout) : layout_(layout) {}

  int Take(const MapMemory& wanted, const Use& use) {
    for (Entry& entry : entries_) {
      if (layout_.of(entry.memory) != wanted) continue;
      if (std::ranges::any_of(entry.uses, [&](const Use& each) { return each.Meets(use); })) {
        continue;
      }
      entry.uses.push_back(use);
      return entry.memory;
    }
    layout_.memory.push_back(wanted);
    entries_.push_back({static_cast<int>(layout_.memory.size()) - 1, {use}});
    return entries_.back().memory;
  }

 private:
  struct Entry {
    int memory;
    std::vector<Use> uses;
  };
  MapLayout& layout_;
  std::vector<Entry> entries_;
};

class LayingOut {
 public:
  LayingOut(const Plan& plan, const FusedPlan& fused, const Timeline& timeline)
      : plan_(plan),
        fused_(fused),
        timeline_(timeline),
        gradient_homes_(GradientHomes(plan, fused)),
        uses_(plan.values.size()),
        borders_(plan.values.size()),
        gradient_uses_(plan.values.size()),
        gradient_borders_(plan.values.size()) {}

  MapLayout LayOut() && {
    for (std::size_t i = 0; i < plan_.operations.size(); ++i) Follow(static_cast<int>(i));
    uses_[Source(plan_.output)].forward.Add(timeline_.loss);
    gradient_uses_[GradientHome(plan_.output)].backward.Add(timeline_.loss);
    TakeMemory();
    return std::move(layout_);
  }

 private:
  std::size_t Home(int value) const { return At(fused_.home[At(value)]); }
  std::size_t GradientHome(int value) const { return At(gradient_homes_[At(value)]); }
  std::size_t Source(int value) const { return At(SourceOf(plan_, fused_, value)); }

  // What operation `index` reads and writes, and when.
  void Follow(int index) {
    const PlanOperation& operation = plan_.operations[At(index)];
    const OperationKind& kind = *operation.kind;
    const Visit &forward = timeline_.forward[At(index)], &backward = timeline_.backward[At(index)];
    for (const int input : operation.inputs) {
      uses_[Source(input)].forward.Add(forward);
      if (!fused_.affine[At(input)] && kind.input_border != nullptr) {
        int& border = borders_[Home(input)];
        border = std::max(border, kind.input_border(operation.attributes));
      }
      if (!backward.takes_place) continue;
      gradient_uses_[GradientHome(input)].backward.Add(backward.last);
      if (kind.traits.reads_input) Need(input, backward);
    }
    uses_[Home(operation.output)].forward.Add(forward.last);
    gradient_uses_[GradientHome(operation.output)].backward.Add(backward);
    if (kind.traits.reads_output && backward.takes_place) Need(operation.output, backward);
    const int pooled = fused_.operations[At(index)].pooled;
    if (pooled >= 0 && backward.takes_place) Need(pooled, backward);
    if (kind.gradient_border != nullptr) {
      int& border = gradient_borders_[GradientHome(operation.output)];
      border = std::max(border, kind.gradient_border(operation.attributes));
    }
  }

  // The backward pass needs the value's map; where that is restored, also what it is restored from.
  void Need(int value, const Visit& when) {
    const int source = SourceOf(plan_, fused_, value);
    uses_[At(source)].backward.Add(when);
    const PlanOperation* writer = plan_.WriterOf(source);
    if (writer == nullptr || !writer->kind->traits.restores) return;
    for (const int input : writer->inputs) Need(input, when);
  }

  Held HeldOf(std::size_t home) const {
    const PlanOperation* writer = plan_.WriterOf(static_cast<int>(home));
    const bool restores = writer != nullptr && writer->kind->traits.restores;
    return restores && uses_[home].forward.within_a_stage() ? Held::kPerWorker : Held::kPerBlock;
  }

  void TakeMemory() {
    const std::size_t count = plan_.values.size();
    layout_.values.assign(count, -1);
    layout_.affine.assign(count, -1);
    layout_.gradients.assign(count, -1);
    Pool values(layout_), gradients(layout_);
    for (std::size_t value = 0; value < count; ++value) TakeValue(value, values);
    for (std::size_t value = 0; value < count; ++value) TakeGradient(value, gradients);
    for (std::size_t value = 0; value < count; ++value) {
      layout_.gradients[value] = layout_.gradients[GradientHome(static_cast<int>(value))];
    }
    for (std::size_t i = 0; i < plan_.operations.size(); ++i) TakeAdded(i, gradients);
  }

  // What a restored map holds at one time another may hold at another; the rest is needed until the
  // backward pass and has its own.
  void TakeValue(std::size_t value, Pool& pool) {
    const std::size_t home = Home(static_cast<int>(value));
    const Shape& shape = plan_.values[value].shape;
    if (fused_.affine[value]) {
      layout_.affine[value] =
          home == value ? Own({{shape.channels, 3, 1}, 0, Held::kPerBlock}) : layout_.affine[home];
    } else if (home != value) {
      layout_.values[value] = layout_.values[home];
    } else {
      const MapMemory wanted = {shape, borders_[value], HeldOf(value)};
      layout_.values[value] =
          wanted.held == Held::kPerBlock ? Own(wanted) : pool.Take(wanted, uses_[value]);
    }
  }

  void TakeGradient(std::size_t value, Pool& pool) {
    const bool lies_elsewhere = GradientHome(static_cast<int>(value)) != value;
    if (!plan_.values[value].has_gradient || lies_elsewhere) return;
    const Use& use = gradient_uses_[value];
    const Held held = use.backward.within_a_stage() ? Held::kPerWorker : Held::kPerBlock;
    layout_.gradients[value] =
        pool.Take({plan_.values[value].shape, gradient_borders_[value], held}, use);
  }

  // The last reader in the order of the forward pass is the first on the way back: it writes, the
  // others add. What is passed on unchanged is added from where it lies.
  void TakeAdded(std::size_t index, Pool& pool) {
    const PlanOperation& operation = plan_.operations[index];
    layout_.added.emplace_back(operation.inputs.size(), -1);
    if (!timeline_.backward[index].takes_place || fused_.operations[index].adds_gradient) return;
    for (std::size_t k = 0; k < operation.inputs.size(); ++k) {
      const PlanValue& input = plan_.values[At(operation.inputs[k])];
      if (!input.has_gradient || !IsAdded(input, static_cast<int>(index), operation, k)) continue;
      if (operation.kind->traits.passes_gradient) {
        layout_.added.back()[k] = layout_.gradients[At(operation.output)];
        continue;
      }
      Use use;
      use.backward.Add(timeline_.backward[index].last);
      layout_.added.back()[k] = pool.Take({input.shape, 0, Held::kPerWorker}, use);
    }
  }

  bool IsAdded(const PlanValue& input, int index, const PlanOperation& operation,
               std::size_t k) const {
    if (input.readers.back() != index) return true;
    const auto first = std::ranges::find(operation.inputs, operation.inputs[k]);
    return static_cast<std::size_t>(first - operation.inputs.begin()) != k;
  }

  int Own(const MapMemory& memory) {
    layout_.memory.push_back(memory);
    return static_cast<int>(layout_.memory.size()) - 1;
  }

  const Plan& plan_;
  const FusedPlan& fused_;
  const Timeline& timeline_;
  MapLayout layout_;
  std::vector<int> gradient_homes_;
  // Of the values that are their own homes.
  std::vector<Use> uses_;
  std::vector<int> borders_;
  // Of those whose gradient lies in a map of its own.
  std::vector<Use> gradient_uses_;
  std::vector<int> gradient_borders_;
};

}  // namespace

int SourceOf(const Plan& plan, const FusedPlan& fused, int value) {
  int source = fused.home[At(value)];
  while (fused.affine[At(source)]) source = fused.home[At(plan.WriterOf(source)->inputs[0])];
  return source;
}

MapLayout LayOut(const Plan& plan, const FusedPlan& fused, const Timeline& timeline) {
  return LayingOut(plan, fused, timeline).LayOut();
}

}  // namespace normlab
