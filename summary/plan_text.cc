#include "summary/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "engine/fast/schedule.h"
#include "model/layer_check.h"

namespace normlab {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::size_t At(int index) { return static_cast<std::size_t>(index); }

// Every column as wide as its widest cell, two spaces between them.
std::string Aligned(const Rows& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line = " ";
    for (std::size_t c = 0; c < row.size(); ++c) line += fmt::format(" {:<{}} ", row[c], widths[c]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string ShapeOfParameter(const std::vector<int>& shape) {
  std::vector<std::string> extents;
  for (const int extent : shape) extents.push_back(std::to_string(extent));
  return "[" + Join(extents, ", ") + "]";
}

const char* RoleName(ParameterRole role) {
  switch (role) {
    case ParameterRole::kFilter:
      return "filter";
    case ParameterRole::kGain:
      return "gain";
    case ParameterRole::kShift:
      return "shift";
    case ParameterRole::kOther:
      break;
  }
  return "other";
}

const char* CouplingName(Coupling coupling) {
  switch (coupling) {
    case Coupling::kPixel:
      return "pixel";
    case Coupling::kImage:
      return "image";
    case Coupling::kBatch:
      break;
  }
  return "batch";
}

class PlanWriter {
 public:
  PlanWriter(const Plan& plan, Simd simd)
      : plan_(plan),
        fused_(Fuse(plan, simd)),
        layout_(LayOut(plan, fused_, TimelineOf(plan, fused_))),
        simd_(simd) {}

  std::string Text() const {
    std::string text = fmt::format("values ({}), as the fast engine holds them with {}\n",
                                   plan_.values.size(), SimdName(simd_));
    text += Aligned(Values());
    text += fmt::format("\nparameters ({})\n", plan_.parameters.size() + plan_.derived.size());
    text += Aligned(Parameters());
    if (!plan_.buffers.empty()) {
      text += fmt::format("\nstates ({})\n", plan_.buffers.size() + plan_.counters.size());
      text += Aligned(States());
    }
    text += fmt::format("\noperations ({})\n", plan_.operations.size());
    text += Aligned(Operations());
    return text + "\n" + WaitsText();
  }

 private:
  const std::string& NameOf(int value) const { return plan_.values[At(value)].name; }

  static std::string HeldName(const MapMemory& memory) {
    return memory.held == Held::kPerWorker ? "worker" : "batch";
  }

  std::string Life(int value) const {
    if (fused_.affine[At(value)]) return "normalized by its readers";
    const int home = fused_.home[At(value)];
    if (home != value) return "written over " + NameOf(home);
    return HeldName(layout_.of(layout_.values[At(value)]));
  }

  Rows Values() const {
    Rows rows = {{"value", "shape", "held", "gradient", "readers"}};
    for (std::size_t v = 0; v < plan_.values.size(); ++v) {
      const PlanValue& value = plan_.values[v];
      const int gradient = layout_.gradients[v];
      rows.push_back({value.name, ShapeText(value.shape), Life(static_cast<int>(v)),
                      gradient < 0 ? "none" : HeldName(layout_.of(gradient)),
                      value.readers.empty() ? "loss" : std::to_string(value.readers.size())});
    }
    return rows;
  }

  Rows Parameters() const {
    Rows rows = {{"parameter", "shape", "role", "at first", "weight decay"}};
    for (const ParameterInfo& info : plan_.parameters) {
      const bool drawn = info.initial.kind == InitialKind::kFanIn;
      rows.push_back({info.name, ShapeOfParameter(info.shape), RoleName(info.role),
                      drawn ? "drawn by fan in" : fmt::format("{}", info.initial.constant),
                      info.decays ? "yes" : "no"});
    }
    for (const DerivedParameter& derived : plan_.derived) {
      rows.push_back({derived.name, ShapeOfParameter(derived.shape), derived.kind->name,
                      "made of " + plan_.parameters[At(derived.from.front())].name, "no"});
    }
    return rows;
  }

  Rows States() const {
    Rows rows = {{"state", "size", "at first"}};
    for (const BufferInfo& buffer : plan_.buffers) {
      rows.push_back(
          {buffer.name, fmt::format("[{}]", buffer.size), fmt::format("{}", buffer.initial)});
    }
    for (const CounterInfo& counter : plan_.counters)
      rows.push_back({counter.name, "counter", "0"});
    return rows;
  }

  static std::string AttributesText(const Attributes& attributes) {
    std::vector<std::string> words;
    for (const auto& [name, value] : attributes) words.push_back(fmt::format("{} {}", name, value));
    return Join(words, ", ");
  }

  // What a fusion has given the operation or taken from it.
  std::string FusionText(std::size_t index) const {
    const FusedOperation& fused = fused_.operations[index];
    std::vector<std::string> words;
    if (fused.store == Store::kPositivePart) words.push_back("stores max(0, y)");
    if (fused.gate.positive) {
      words.push_back(fused.gate.scale == 1.0f
                          ? "gates its gradient"
                          : fmt::format("gates its gradient x {:.6g}", fused.gate.scale));
    }
    if (!fused.forward) words.push_back("forward done by its writer");
    if (!fused.backward && plan_.HasBackward(plan_.operations[index])) {
      words.push_back("backward done by another");
    }
    return Join(words, "; ");
  }

  Rows Operations() const {
    Rows rows = {{"writes", "operation", "reads", "couples", "waits", "attributes", "fused"}};
    for (std::size_t i = 0; i < plan_.operations.size(); ++i) {
      const PlanOperation& operation = plan_.operations[i];
      std::vector<std::string> inputs;
      for (const int input : operation.inputs) inputs.push_back(NameOf(input));
      const Rounds& rounds = operation.kind->rounds;
      rows.push_back({NameOf(operation.output), operation.kind->name, Join(inputs, ", "),
                      CouplingName(operation.kind->coupling),
                      fmt::format("{}+{}", rounds.forward, rounds.backward),
                      AttributesText(operation.attributes), FusionText(i)});
    }
    return rows;
  }

  std::string WaitsText() const {
    const std::vector<bool> all(plan_.operations.size() + 2, true);
    const std::size_t waits =
        PlanSchedule(plan_, fused_, layout_, Mode::kTrain, all).stages.size() - 1;
    if (waits == 0) return "No pass waits for all blocks of a batch.\n";
    return fmt::format(
        "A training pass waits {} times for all blocks of a batch, an evaluation "
        "never.\n",
        waits);
  }

  const Plan& plan_;
  FusedPlan fused_;
  MapLayout layout_;
  Simd simd_;
};

}  // namespace

std::string PlanText(const Plan& plan, Simd simd) { return PlanWriter(plan, simd).Text(); }

}  // namespace normlab
