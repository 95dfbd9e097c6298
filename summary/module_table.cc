#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "norm/equation/source_text.h"
#include "summary/tables.h"
#include "summary/words.h"

namespace normlab {
namespace {

constexpr const char* kNothing = "--";

// "nn.GroupNorm(1, C)" is a GroupNorm.
std::string ClassName(std::string_view module) {
  module = module.substr(0, module.find('('));
  return std::string(module.substr(module.rfind('.') + 1));
}

// One call of a module.
struct Module {
  std::string type, name;
  std::string kernel = kNothing;
  Shape input, output;
  std::string parameters = kNothing, buffers = kNothing;
  std::size_t multiply_adds = 0;
  const NormalizedLayer* normalized = nullptr;
};

class ModuleRows {
 public:
  ModuleRows(const Summary& summary, const NormSummary& norm, const TreeStyle& tree)
      : summary_(summary), norm_(norm), tree_(tree) {
    table_.columns = {{"Layer (type:depth-idx)"}, {"Kernel Shape"},  {"Input Shape"},
                      {"Output Shape"},           {"Param #", true}, {"Mult-Adds", true},
                      {"Receptive Field", true},  {"Jump", true}};
    if (!norm.layers.empty()) {
      const std::vector<TableColumn> statistics = {
          {"Statistic over"}, {"Values", true}, {"Buffers", true}};
      table_.columns.insert(table_.columns.end(), statistics.begin(), statistics.end());
    }
  }

  Table Build() {
    AddRoot();
    const Plan& plan = *norm_.plan;
    for (std::size_t unit = 0; unit < plan.units.size(); ++unit) {
      last_unit_ = unit + 1 == plan.units.size();
      AddUnit(plan.units[unit], fields_[unit]);
    }
    return std::move(table_);
  }

 private:
  std::string Extents(Shape shape) const {
    return fmt::format("[{}, {}, {}, {}]", summary_.options.batch, shape.channels, shape.height,
                       shape.width);
  }

  void AddRoot() {
    const SummaryOptions& options = summary_.options;
    const ModelPreset* preset = FindModelPreset(options.model);
    std::vector<std::string> cells(table_.columns.size(), kNothing);
    cells[0] = preset == nullptr ? "Model" : std::string(preset->name);
    cells[2] = Extents(options.input);
    cells[3] = fmt::format("[{}, {}]", options.batch, options.classes);
    table_.rows.push_back(std::move(cells));
  }

  // A pool or a join is a row of its own, and so is an activation behind a sum; a convolution
  // stands with what follows it below their unit's row.
  void AddUnit(const PlanUnit& unit, const ReceptiveField& field) {
    const auto first = norm_.plan->operations.begin() + unit.first;
    const auto end = norm_.plan->operations.begin() + unit.end;
    if (first->parameters.empty()) {
      for (auto operation = first; operation != end; ++operation) {
        Module alone = ModuleOf(*operation);
        alone.name = operation == first ? unit.layer : unit.layer + "." + operation->part;
        Add(1, last_unit_ && operation + 1 == end, alone, field);
      }
      return;
    }
    Module outer;
    outer.type = "Block";
    outer.name = unit.layer;
    outer.input = norm_.plan->InputShape(*first);
    outer.output = norm_.plan->ShapeOf((end - 1)->output);
    Add(1, last_unit_, outer, field);
    for (auto operation = first; operation != end; ++operation) {
      Add(2, operation + 1 == end, ModuleOf(*operation), field);
    }
  }

  Module ModuleOf(const PlanOperation& operation) const {
    const Plan& plan = *norm_.plan;
    Module module;
    // What PyTorch has no module for is called what it is here.
    const OperationKind& kind = *operation.kind;
    module.type = kind.pytorch_module.empty() ? kind.name : kind.pytorch_module;
    module.name = operation.part;
    module.input = plan.InputShape(operation);
    module.output = plan.ShapeOf(operation.output);
    module.multiply_adds = MultiplyAdds(plan, operation);
    if (operation.part == "norm") {
      const NormMethod& method = MethodOf(operation.layer);
      module.type = method.pytorch.empty() ? std::string(method.name) : ClassName(method.pytorch);
      module.normalized = NormalizedLayerOf(operation.layer);
    }
    if (operation.kind->window != nullptr) {
      const SlidingWindow window = operation.kind->window(operation.attributes, module.input);
      module.kernel = fmt::format("[{}, {}]", window.rows.extent, window.columns.extent);
    }
    if (operation.attributes.Or("size", 1) == 0) module.type = "AdaptiveAvgPool2d";
    module.parameters = Count(operation, ParametersOf(operation));
    if (module.normalized != nullptr) {
      module.buffers = Count(operation, module.normalized->buffers);
    }
    return module;
  }

  // The layer's own, where its line says one.
  const NormMethod& MethodOf(const std::string& layer) const {
    const auto found = std::ranges::find_if(
        summary_.layers, [&](const LayerSummary& each) { return each.layer.name == layer; });
    return found->layer.norm.empty() ? *norm_.method : FindNormMethod(found->layer.norm);
  }

  std::size_t ParametersOf(const PlanOperation& operation) const {
    std::size_t sum = 0;
    for (const int parameter : operation.parameters) sum += norm_.plan->RangeOf(parameter).size;
    return sum;
  }

  // What a layer that is applied again has was counted before.
  static std::string Count(const PlanOperation& operation, std::size_t values) {
    return values == 0 ? kNothing : operation.application > 1 ? "(recursive)" : WithCommas(values);
  }

  const NormalizedLayer* NormalizedLayerOf(const std::string& name) const {
    const auto found = std::ranges::find_if(norm_.layers, [&](const NormalizedLayer& layer) {
      return summary_.layers[layer.layer].layer.name == name;
    });
    return found == norm_.layers.end() ? nullptr : &*found;
  }

  void Add(int depth, bool last, const Module& module, const ReceptiveField& field) {
    std::string name = depth == 1 ? "" : (last_unit_ ? tree_.blank : tree_.line);
    name += last ? tree_.last : tree_.branch;
    name += fmt::format("{} ({}): {}-{}", module.type, module.name, depth, ++index_[depth]);
    std::vector<std::string> cells = {
        std::move(name),
        module.kernel,
        Extents(module.input),
        Extents(module.output),
        module.parameters,
        module.multiply_adds == 0 ? kNothing : WithCommas(module.multiply_adds),
        PixelsText(field.rows.extent, field.columns.extent),
        PixelsText(field.rows.jump, field.columns.jump)};
    cells.resize(table_.columns.size(), kNothing);
    const bool one = module.normalized != nullptr && norm_.poolings.size() == 1;
    if (one) SetStatistic(module.normalized->pooled[0], cells);
    if (module.normalized != nullptr) cells[10] = module.buffers;
    table_.rows.push_back(std::move(cells));
    if (module.normalized != nullptr && !one) AddPoolings(last, *module.normalized);
  }

  void SetStatistic(const equation::PooledExtents& pooled, std::vector<std::string>& cells) const {
    cells[8] = fmt::format("[{}, {}, {}, {}]", pooled.images, pooled.channels, pooled.rows,
                           pooled.columns);
    cells[9] = WithCommas(pooled.values());
  }

  // A row below the module's for each pooling: what its statistics are called.
  void AddPoolings(bool last, const NormalizedLayer& layer) {
    const equation::Equation& equation = norm_.method->equation->equation;
    for (std::size_t i = 0; i < norm_.poolings.size(); ++i) {
      std::vector<std::string> names;
      for (const equation::Statistic& statistic : norm_.poolings[i].statistics) {
        names.push_back(NodeText(equation, statistic.node));
      }
      std::vector<std::string> cells(table_.columns.size(), "");
      cells[0] = fmt::format("{}{}{}", last_unit_ ? tree_.blank : tree_.line,
                             last ? tree_.blank : tree_.line, Join(names));
      SetStatistic(layer.pooled[i], cells);
      table_.rows.push_back(std::move(cells));
    }
  }

  const Summary& summary_;
  const NormSummary& norm_;
  const TreeStyle& tree_;
  Table table_;
  std::vector<ReceptiveField> fields_ = UnitFields(*norm_.plan);
  bool last_unit_ = false;
  int index_[3] = {};  // of the modules so far, by depth
};

}  // namespace

TreeStyle UnicodeTree() {
  return {.branch = "├─", .last = "└─", .line = "│    ", .blank = "     "};
}
TreeStyle AsciiTree() { return {.branch = "+ ", .last = "+ ", .line = "|    ", .blank = "     "}; }

Table ModuleTable(const Summary& summary, const NormSummary& norm, const TreeStyle& tree) {
  return ModuleRows(summary, norm, tree).Build();
}

}  // namespace normlab
