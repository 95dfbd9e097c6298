#include <fmt/format.h>

#include "base/text.h"
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
    std::size_t next = 0;
    for (std::size_t i = 0; i < summary_.layers.size(); ++i) {
      const LayerSummary& layer = summary_.layers[i];
      const bool normalized = next < norm_.layers.size() && norm_.layers[next].layer == i;
      const NormalizedLayer* statistics = normalized ? &norm_.layers[next++] : nullptr;
      for (std::size_t call = 0; call < layer.fields.size(); ++call) {
        last_layer_ = i + 1 == summary_.layers.size() && call + 1 == layer.fields.size();
        AddLayer(layer, call, statistics);
      }
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

  void AddLayer(const LayerSummary& summary, std::size_t call, const NormalizedLayer* normalized) {
    const Layer& layer = summary.layer;
    const ReceptiveField& field = summary.fields[call];
    // Where a layer is applied again, it is given what it made.
    const Shape input = call == 0 ? layer.input : layer.output;
    Module outer = {
        .type = PoolType(layer.kind), .name = layer.name, .input = input, .output = layer.output};
    if (layer.kind != LayerKind::kConvolution) {
      const bool global = layer.kind == LayerKind::kGlobalAveragePool;
      outer.kernel = global ? fmt::format("[{}, {}]", layer.input.height, layer.input.width)
                            : fmt::format("[{0}, {0}]", layer.kernel);
      Add(1, last_layer_, outer, field);
      return;
    }
    Add(1, last_layer_, outer, field);
    const std::vector<Module> modules = BlockOf(summary, call, input, normalized);
    for (std::size_t i = 0; i < modules.size(); ++i) {
      Add(2, i + 1 == modules.size(), modules[i], field);
    }
  }

  static const char* PoolType(LayerKind kind) {
    switch (kind) {
      case LayerKind::kConvolution:
        return "Block";
      case LayerKind::kMaxPool:
        return "MaxPool2d";
      case LayerKind::kAveragePool:
        return "AvgPool2d";
      case LayerKind::kGlobalAveragePool:
        return "AdaptiveAvgPool2d";
    }
    return "";
  }

  std::vector<Module> BlockOf(const LayerSummary& summary, std::size_t call, Shape input,
                              const NormalizedLayer* normalized) const {
    const Layer& layer = summary.layer;
    const auto count = [call](std::size_t parameters) -> std::string {
      return parameters == 0 ? kNothing : call > 0 ? "(recursive)" : WithCommas(parameters);
    };
    const auto module = [&](std::string type, const char* name) {
      return Module{
          .type = std::move(type), .name = name, .input = layer.output, .output = layer.output};
    };
    std::vector<Module> modules = {module("Conv2d", "conv")};
    modules[0].kernel = fmt::format("[{0}, {0}]", layer.kernel);
    modules[0].input = input;
    modules[0].parameters = count(summary.weights);
    modules[0].multiply_adds = summary.multiply_adds;
    if (layer.bare) return modules;
    for (const UnitStep step : summary_.options.options.order) {
      if (step == UnitStep::kRelu) {
        modules.push_back(module("ReLU", "relu"));
      } else if (step == UnitStep::kDropout && summary_.options.options.dropout > 0) {
        modules.push_back(module("Dropout", "dropout"));
      } else if (step == UnitStep::kNorm && normalized != nullptr) {
        modules.push_back(module(ClassName(norm_.method->pytorch), "norm"));
        modules.back().parameters = count(normalized->parameters);
        modules.back().buffers = count(normalized->buffers);
        modules.back().normalized = normalized;
      }
    }
    return modules;
  }

  void Add(int depth, bool last, const Module& module, const ReceptiveField& field) {
    std::string name = depth == 1 ? "" : (last_layer_ ? tree_.blank : tree_.line);
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
    if (module.normalized != nullptr) {
      const PooledAxes& pooled = module.normalized->pooled;
      cells[8] = fmt::format("[{}, {}, {}, {}]", pooled.images, pooled.channels, pooled.rows,
                             pooled.columns);
      cells[9] = WithCommas(pooled.values());
      cells[10] = module.buffers;
    }
    table_.rows.push_back(std::move(cells));
  }

  const Summary& summary_;
  const NormSummary& norm_;
  const TreeStyle& tree_;
  Table table_;
  bool last_layer_ = false;
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
