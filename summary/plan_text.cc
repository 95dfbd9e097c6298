#include "summary/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "engine/fast/schedule.h"
#include "model/layer_check.h"
#include "model/layer_role.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

// What a program is told, and what a reader: the same words, or their own.
struct Cell {
  Cell(const std::string& word) : value(word), text(word) {}
  Cell(const char* word) : value(word), text(word) {}
  Cell(Json told, std::string shown) : value(std::move(told)), text(std::move(shown)) {}

  Json value;
  std::string text;
};

struct Section {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

// Every column as wide as its widest cell, two spaces between them.
std::string AlignedText(const Section& section) {
  std::vector<std::vector<std::string>> lines = {section.columns};
  for (const auto& row : section.rows) {
    auto& line = lines.emplace_back();
    for (const Cell& cell : row) line.push_back(cell.text);
  }
  std::vector<std::size_t> widths(section.columns.size());
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], line[c].size());
  }
  std::string text;
  for (const auto& cells : lines) {
    std::string line = " ";
    for (std::size_t c = 0; c < cells.size(); ++c) {
      line += fmt::format(" {:<{}} ", cells[c], widths[c]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

// An object a row, with the columns' titles for names.
Json SectionJson(const Section& section) {
  Json objects = Json::array();
  for (const auto& row : section.rows) {
    Json object;
    for (std::size_t c = 0; c < row.size(); ++c) {
      std::string name = section.columns[c];
      std::ranges::replace(name, ' ', '_');
      object[name] = row[c].value;
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

Cell ParameterShape(const std::vector<int>& shape) {
  std::vector<std::string> extents;
  for (const int extent : shape) extents.push_back(std::to_string(extent));
  return {shape, "[" + Join(extents, ", ") + "]"};
}

Cell Decays(bool decays) { return {decays, decays ? "yes" : "no"}; }

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
    std::string text;
    std::string held = fmt::format(", as the fast engine holds them with {}", SimdName(simd_));
    for (const Section& section : Sections()) {
      if (section.rows.empty()) continue;
      text += fmt::format("{} ({}){}\n{}\n", section.title, section.rows.size(),
                          std::exchange(held, ""), AlignedText(section));
    }
    return text + WaitsText();
  }

  Json Document() const {
    Json json = {{"instruction_set", SimdName(simd_)}};
    for (const Section& section : Sections()) json[section.title] = SectionJson(section);
    json["training_waits"] = Waits();
    return json;
  }

 private:
  std::vector<Section> Sections() const { return {Values(), Parameters(), States(), Operations()}; }

  const std::string& NameOf(int value) const { return plan_.values[At(value)].name; }

  static std::string HeldName(const MapMemory& memory) {
    return memory.held == Held::kPerWorker ? "worker" : "batch";
  }

  std::string Life(int value) const {
    if (fused_.rectified[At(value)]) return "normalized, rectified by its readers";
    if (fused_.affine[At(value)]) return "normalized by its readers";
    const int home = fused_.home[At(value)];
    if (home != value) return "written over " + NameOf(home);
    return HeldName(layout_.of(layout_.values[At(value)]));
  }

  Section Values() const {
    Section section = {"values", {"value", "shape", "held", "gradient", "readers"}, {}};
    for (std::size_t v = 0; v < plan_.values.size(); ++v) {
      const PlanValue& value = plan_.values[v];
      const Shape& shape = value.shape;
      const std::size_t readers = value.readers.size();
      section.rows.push_back({value.name,
                              {{shape.channels, shape.height, shape.width}, ShapeText(shape)},
                              Life(static_cast<int>(v)),
                              GradientLife(static_cast<int>(v)),
                              {readers, readers == 0 ? "loss" : std::to_string(readers)}});
    }
    return section;
  }

  Cell GradientLife(int value) const {
    const int gradient = layout_.gradients[At(value)];
    if (gradient < 0) return {nullptr, "none"};
    const int writer = plan_.values[At(fused_.home[At(value)])].writer;
    const int pooled = writer < 0 ? -1 : fused_.operations[At(writer)].pooled;
    if (pooled >= 0) return "routed from " + NameOf(pooled);
    return HeldName(layout_.of(gradient));
  }

  Section Parameters() const {
    Section section = {
        "parameters", {"parameter", "shape", "role", "at first", "weight decay"}, {}};
    for (const ParameterInfo& info : plan_.parameters) {
      const double constant = info.initial.constant;
      const bool drawn =
          info.initial.kind == InitialKind::kFanIn || info.initial.kind == InitialKind::kUniform;
      section.rows.push_back(
          {info.name, ParameterShape(info.shape), RoleName(info.role),
           drawn ? Cell("drawn by fan in") : Cell(constant, fmt::format("{}", constant)),
           Decays(info.decays)});
    }
    for (const DerivedParameter& derived : plan_.derived) {
      section.rows.push_back({derived.name, ParameterShape(derived.shape), derived.kind->name,
                              "made of " + plan_.parameters[At(derived.from.front())].name,
                              Decays(false)});
    }
    return section;
  }

  Section States() const {
    Section section = {"states", {"state", "size", "at first"}, {}};
    for (const BufferInfo& buffer : plan_.buffers) {
      section.rows.push_back({buffer.name,
                              {buffer.size, ParameterShape(buffer.shape).text},
                              {buffer.initial, fmt::format("{}", buffer.initial)}});
    }
    for (const CounterInfo& counter : plan_.counters) {
      section.rows.push_back({counter.name, "counter", {0, "0"}});
    }
    return section;
  }

  static Cell AttributesOf(const PlanOperation& operation) {
    Json json = Json::object();
    std::vector<std::string> words;
    for (const auto& [name, value] : operation.attributes) {
      json[std::string(name)] = value;
      words.push_back(fmt::format("{} {}", name, value));
    }
    return {std::move(json), Join(words, ", ")};
  }

  static std::string GateText(const Gate& gate) {
    std::string text = "gates its gradient";
    if (gate.scale != 1.0f) text += fmt::format(" x {:.6g}", gate.scale);
    if (gate.slope != 0.0f) text += fmt::format(", slope {:.6g}", gate.slope);
    return text;
  }

  // What a fusion has given the operation or taken from it.
  std::string FusionText(std::size_t index) const {
    const FusedOperation& fused = fused_.operations[index];
    std::vector<std::string> words;
    if (fused.store.rectified) {
      words.push_back(fused.store.slope == 0.0f
                          ? "stores max(0, y)"
                          : fmt::format("stores y, or {:.6g} y where negative", fused.store.slope));
    }
    if (fused.adds_gradient) words.push_back("adds to its input's gradient");
    if (fused.gate.positive) words.push_back(GateText(fused.gate));
    if (fused.rectified_by_readers) words.push_back("gates its output's gradient");
    if (fused.pooled >= 0) words.push_back("routes its pool's gradient");
    const bool by_readers = fused_.rectified[At(plan_.operations[index].output)];
    if (!fused.forward) {
      words.push_back(by_readers ? "forward done by its readers" : "forward done by its writer");
    }
    if (!fused.backward && plan_.HasBackward(plan_.operations[index])) {
      words.push_back("backward done by another");
    }
    return Join(words, "; ");
  }

  Section Operations() const {
    Section section = {"operations",
                       {"writes", "operation", "reads", "couples", "waits", "attributes", "fused"},
                       {}};
    for (std::size_t i = 0; i < plan_.operations.size(); ++i) {
      const PlanOperation& operation = plan_.operations[i];
      std::vector<std::string> inputs;
      for (const int input : operation.inputs) inputs.push_back(NameOf(input));
      const Rounds& rounds = operation.kind->rounds();
      section.rows.push_back({NameOf(operation.output),
                              operation.kind->name,
                              {inputs, Join(inputs, ", ")},
                              CouplingName(operation.kind->coupling),
                              {{rounds.forward, rounds.backward},
                               fmt::format("{}+{}", rounds.forward, rounds.backward)},
                              AttributesOf(operation),
                              FusionText(i)});
    }
    return section;
  }

  std::size_t Waits() const {
    const std::vector<bool> all(plan_.operations.size() + 2, true);
    return PlanSchedule(plan_, fused_, layout_, Mode::kTrain, all).stages.size() - 1;
  }

  std::string WaitsText() const {
    const std::size_t waits = Waits();
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
nlohmann::ordered_json PlanJson(const Plan& plan, Simd simd) {
  return PlanWriter(plan, simd).Document();
}

}  // namespace normlab
