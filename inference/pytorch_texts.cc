#include "inference/pytorch_texts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <map>

#include "base/escape.h"
#include "base/html.h"
#include "base/text.h"
#include "inference/export_texts.h"
#include "inference/pytorch_norms.h"
#include "model/layer_check.h"
#include "norm/equation/pytorch_filter.h"
#include "study/build_info.h"

namespace normlab {
namespace {

using Values = std::map<std::string_view, std::string>;

bool EveryNameHasAValue(std::string_view text, const Values& values) {
  for (std::size_t open = text.find("{{"); open != std::string_view::npos;
       open = text.find("{{", open + 2)) {
    if (!values.contains(text.substr(open + 2, text.find("}}", open) - open - 2))) return false;
  }
  return true;
}

// {{NAME}} becomes its value; what a value holds is not looked at again.
std::string Fill(std::string_view text, const Values& values) {
  assert(EveryNameHasAValue(text, values) && "every name in inference/pytorch/ has a value");
  std::vector<std::string> names;
  for (const auto& [name, value] : values) names.push_back(fmt::format("{{{{{}}}}}", name));
  std::vector<Slot> slots;
  for (auto name = names.begin(); const auto& [key, value] : values) {
    slots.push_back({*name++, value});
  }
  return Filled(text, slots);
}

// Inside a Python literal or docstring.
std::string PythonText(std::string_view text) {
  std::string escaped;
  for (const char c : PlainLine(text)) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string Literal(std::string_view text) { return fmt::format("\"{}\"", PythonText(text)); }

// Lines of at most 96 characters, indented by four, broken at spaces.
std::string Wrapped(const std::string& text) {
  constexpr std::size_t kWidth = 96;
  std::string lines, line;
  for (const std::string& word : SplitWords(text)) {
    if (!line.empty() && CharacterCount(line) + 1 + CharacterCount(word) > kWidth) {
      lines += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "    " : " ") + word;
  }
  return lines + line;
}

// The operations of one application of a layer, as PyTorch's modules stand for them.
struct LayerOfPlan {
  const PlanOperation *first = nullptr, *end = nullptr;
  int applications = 1;
  // Whether a set of running statistics for each application is kept, which no module of PyTorch
  // does.
  bool keeps_sets = false;

  bool bare() const { return first + 1 == end; }
};

std::vector<LayerOfPlan> LayersOf(const Architecture& architecture) {
  const Plan& plan = *architecture.plan;
  std::vector<LayerOfPlan> layers;
  std::map<std::string, std::size_t> sites;
  for (const StatisticsSite& site : plan.sites) ++sites[site.layer];
  for (const PlanUnit& unit : plan.units) {
    if (unit.application > 1) {
      layers.back().applications = unit.application;
      continue;
    }
    LayerOfPlan layer;
    layer.first = plan.operations.data() + unit.first;
    layer.end = plan.operations.data() + unit.end;
    layers.push_back(layer);
  }
  for (LayerOfPlan& layer : layers) {
    layer.keeps_sets = architecture.options.statistics_per_application && layer.applications > 1 &&
                       sites[layer.first->layer] > 0;
  }
  return layers;
}

std::vector<std::string> LayersPerApplication(const Architecture& architecture) {
  std::vector<std::string> names;
  for (const LayerOfPlan& layer : LayersOf(architecture)) {
    if (layer.keeps_sets) names.push_back(layer.first->layer);
  }
  return names;
}

// `norm` is the call of the unit's normalization, `modules` what computes the network's own: where
// that is an activation, any other has a ReLU beside it all the same. Empty: no module of PyTorch
// is one.
std::string BlockForward(const Architecture& architecture, std::string_view norm,
                         const std::string& modules) {
  std::vector<std::string> lines;
  for (const UnitStep step : architecture.options.order) {
    switch (step) {
      case UnitStep::kRelu:
        if (!modules.empty() && architecture.options.norm->is_activation) {
          lines.push_back(
              fmt::format("        if not isinstance(self.norm, {}):\n"
                          "            x = functional.relu(x)",
                          modules));
        } else {
          lines.emplace_back("        x = functional.relu(x)");
        }
        break;
      case UnitStep::kNorm:
        lines.push_back(fmt::format("        x = {}", norm));
        break;
      case UnitStep::kDropout:
        lines.emplace_back("        x = self.dropout(x)");
        break;
    }
  }
  return Join(lines, "\n");
}

// Empty where no layer needs it: the file is then without it.
std::string RepeatedBlock(const Architecture& architecture, const ExportedNorm& norm) {
  if (LayersPerApplication(architecture).empty()) return "";
  const PerApplicationModule module = PerApplicationModuleOf(norm);
  const std::string modules =
      norm.equation ? fmt::format("({}, {})", norm.equation->class_name, module.class_name) : "";
  return Fill(k_repeated_block_py,
              {{"PER_APPLICATION_MODULE", std::string(module.definition)},
               {"PER_APPLICATION_NAME", norm.equation ? "NORM" : Literal(norm.name)},
               {"PER_APPLICATION_CALL", std::string(module.call)},
               {"REPEATED_BLOCK_FORWARD",
                BlockForward(architecture,
                             "self.norm(x, application) if self.per_application else self.norm(x)",
                             modules)}});
}

std::string PerApplicationNote(const Architecture& architecture, const ExportedNorm& norm) {
  const std::vector<std::string> names = LayersPerApplication(architecture);
  if (names.empty()) return "";
  return fmt::format(
      "\n\nThe {0} of {1} keeps running statistics for each application of its "
      "block\n"
      "(`{3}_1`, `{3}_2`, ...), as no module of PyTorch does: "
      "`{2}` in `model.py`.",
      norm.equation ? "normalization" : norm.words, Join(names),
      PerApplicationModuleOf(norm).class_name, norm.running_value);
}

// As the line has them: an exported network can be made with any normalization, and a plan without
// one does not say them.
int GroupsOf(const Architecture& architecture, const std::string& name) {
  const auto layer = std::ranges::find(architecture.layers, name, &Layer::name);
  assert(layer != architecture.layers.end() && "a plan's layers are those of its line");
  return layer->groups;
}

std::string Layers(const Architecture& architecture) {
  const Plan& plan = *architecture.plan;
  std::vector<std::string> lines;
  for (const LayerOfPlan& layer : LayersOf(architecture)) {
    if (layer.first->parameters.empty()) continue;
    const Shape &input = plan.InputShape(*layer.first), &output = plan.ShapeOf(layer.first->output);
    const Attributes& convolution = layer.first->attributes;
    const std::string sizes =
        fmt::format("{}, {}, kernel={}, padding={}", input.channels, output.channels,
                    convolution.integer("kernel"), convolution.integer("padding"));
    if (layer.bare()) {
      lines.push_back(
          fmt::format("        self.{} = BareConvolution({})", layer.first->layer, sizes));
      continue;
    }
    const std::string module =
        layer.keeps_sets ? fmt::format("RepeatedBlock({}, ", layer.applications) : "Block(";
    lines.push_back(fmt::format("        self.{} = {}norm, {}, height={}, width={}, groups={})",
                                layer.first->layer, module, sizes, output.height, output.width,
                                GroupsOf(architecture, layer.first->layer)));
  }
  return Join(lines, "\n");
}

std::string ForwardLine(const LayerOfPlan& layer) {
  const std::string& name = layer.first->layer;
  if (layer.first->parameters.empty()) {
    return fmt::format("        x = {}  # {}", layer.first->kind->pytorch(layer.first->attributes),
                       name);
  }
  if (layer.applications == 1) return fmt::format("        x = self.{}(x)", name);
  if (layer.keeps_sets) {
    return fmt::format(
        "        for application in range(1, {}):  # the same weights\n"
        "            x = self.{}(x, application)",
        layer.applications + 1, name);
  }
  return fmt::format(
      "        for _ in range({}):  # the same weights and the same normalization\n"
      "            x = self.{}(x)",
      layer.applications, name);
}

std::string Forward(const Architecture& architecture) {
  std::vector<std::string> lines;
  for (const LayerOfPlan& layer : LayersOf(architecture)) lines.push_back(ForwardLine(layer));
  return Join(lines, "\n");
}

std::string ClassNameLines(const std::vector<std::string>& names) {
  std::string lines;
  for (const std::string& name : names) {
    lines += fmt::format("{}    \"{}\",", lines.empty() ? "" : "\n", PythonText(name));
  }
  return lines;
}

std::string ClassNamesText(const std::vector<std::string>& names) {
  return Wrapped(PythonText(Join(names)));
}

std::string Rounded(const std::vector<double>& numbers) {
  return fmt::format("{:.4f}", fmt::join(numbers, ", "));
}

// What an equation asks of the file besides EPS and MOMENTUM.
std::string EquationConstants(const Checkpoint& checkpoint, const ExportedNorm& norm) {
  std::string text;
  if (norm.names("GHOST")) {
    text += fmt::format("\nGHOST = {}  # images of a ghost batch; 0: the batch is one",
                        checkpoint.config.ghost);
  }
  if (norm.ramps()) {
    text += fmt::format("\nSTEPS = {}  # of the optimizer, when the weights were saved",
                        checkpoint.steps);
  }
  return text;
}

constexpr std::string_view kSetSteps =
    "\n    for module in network.modules():\n"
    "        if hasattr(module, \"completed_steps\"):\n"
    "            module.completed_steps = STEPS";

// "batch normalization, weights standardized"
std::string NormWords(const ExportedNorm& norm, const FilterMethod& filter) {
  return filter.acts() ? fmt::format("{}, weights {}", norm.words, filter.name) : norm.words;
}

Values ValuesOf(const Checkpoint& checkpoint, const ChannelStatistics& statistics) {
  const Config& config = checkpoint.config;
  const Architecture& architecture = checkpoint.architecture;
  const ExportedNorm norm = ExportedNormOf(architecture.options);
  const FilterMethod& filter = ActingFilter(architecture.options);
  const std::vector<std::string> names = ModuleNames();
  const bool preset = FindModelPreset(config.model) != nullptr;
  const std::string model = preset ? PlainLine(config.model) : architecture.text;
  return {
      {"MODEL", model},
      {"MODEL_MARKDOWN", MarkdownText(model)},
      {"DATASET", PythonText(config.dataset)},
      {"DATASET_MARKDOWN", MarkdownText(PlainLine(config.dataset))},
      {"NORM", PythonText(NormWords(norm, filter))},
      {"NORM_MARKDOWN", MarkdownText(PlainLine(NormWords(norm, filter)))},
      {"NORM_LITERAL", Literal(norm.name)},
      {"EPOCH", std::to_string(checkpoint.epoch)},
      {"EPOCHS", std::to_string(config.epochs)},
      {"VERSION", ThisBuild().version},
      {"EPS", fmt::format("{}", config.norm_eps)},
      {"MOMENTUM", fmt::format("{}", config.norm_momentum)},
      {"DROPOUT", fmt::format("{}", config.dropout)},
      {"CHANNELS", std::to_string(architecture.input.channels)},
      {"HEIGHT", std::to_string(architecture.input.height)},
      {"WIDTH", std::to_string(architecture.input.width)},
      {"CLASSES", std::to_string(architecture.classes)},
      {"MEAN", fmt::format("{}", fmt::join(statistics.mean, ", "))},
      {"DEVIATION", fmt::format("{}", fmt::join(statistics.deviation, ", "))},
      {"MEAN_TEXT", Rounded(statistics.mean)},
      {"DEVIATION_TEXT", Rounded(statistics.deviation)},
      {"CLASS_NAMES", ClassNameLines(checkpoint.class_names)},
      {"CLASS_NAMES_TEXT", ClassNamesText(checkpoint.class_names)},
      {"EQUATION_CONSTANTS", EquationConstants(checkpoint, norm)},
      {"SET_STEPS", norm.ramps() ? std::string(kSetSteps) : ""},
      {"NORM_DEFINITIONS", NormDefinitions(norm)},
      {"FILTER_DEFINITION",
       filter.acts() ? fmt::format("\n{}\n\n", equation::PytorchFilterDefinition(*filter.equation))
                     : ""},
      {"CONVOLUTION", filter.acts() ? equation::PytorchFilterClass(*filter.equation) : "nn.Conv2d"},
      {"MAKE_NORM", MakeNorm(norm)},
      {"NORM_NAMES", Join(names)},
      {"NORM_CHOICE", norm.equation ? "NORM or a name in make_norm" : "one of " + Join(names)},
      {"BLOCK_FORWARD",
       BlockForward(architecture, "self.norm(x)", norm.equation ? norm.equation->class_name : "")},
      {"REPEATED_BLOCK", RepeatedBlock(architecture, norm)},
      {"PER_APPLICATION_NOTE", PerApplicationNote(architecture, norm)},
      {"LINE_TEXT", Wrapped(architecture.text).substr(4)},
      {"LAYERS", Layers(architecture)},
      {"FORWARD", Forward(architecture)},
  };
}

}  // namespace

std::string PytorchModel(const Checkpoint& checkpoint, const ChannelStatistics& statistics) {
  return Fill(k_model_py, ValuesOf(checkpoint, statistics));
}

std::string PytorchReadme(const Checkpoint& checkpoint, const ChannelStatistics& statistics) {
  return Fill(k_README_md, ValuesOf(checkpoint, statistics));
}

}  // namespace normlab
