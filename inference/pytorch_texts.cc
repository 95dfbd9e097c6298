#include "inference/pytorch_texts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <set>

#include "base/escape.h"
#include "base/html.h"
#include "base/text.h"
#include "inference/export_texts.h"
#include "inference/pytorch_network.h"
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

// "(A, B)": the modules of normalizations that are activations too, `and_of` the network's among
// them; empty where none is one.
std::string ActivationModules(const ExportedNorm& norm, const std::vector<ExportedNorm>& of_layers,
                              std::string_view and_of = "") {
  std::vector<std::string> modules;
  if (norm.is_activation && norm.equation) {
    modules.push_back(norm.equation->class_name);
    if (!and_of.empty()) modules.emplace_back(and_of);
  }
  for (const ExportedNorm& each : of_layers) {
    if (each.is_activation && each.equation) modules.push_back(each.equation->class_name);
  }
  if (modules.size() < 2) return modules.empty() ? "" : modules.front();
  return "(" + Join(modules) + ")";
}

// Empty where no layer needs it: the file is then without it.
std::string RepeatedBlock(const Architecture& architecture, const ExportedNorm& norm) {
  if (LayersPerApplication(architecture).empty()) return "";
  const PerApplicationModule module = PerApplicationModuleOf(norm);
  const std::string modules =
      ActivationModules(norm, ExportedNormsOfLayers(architecture), module.class_name);
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

// What equations ask of the file besides EPS and MOMENTUM.
std::string EquationConstants(const Checkpoint& checkpoint, bool names_ghost, bool ramps) {
  std::string text;
  if (names_ghost) {
    text += fmt::format("\nGHOST = {}  # images of a ghost batch; 0: the batch is one",
                        checkpoint.config.ghost);
  }
  if (ramps) {
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

std::string Defined(const FilterMethod& filter) {
  return fmt::format("\n{}\n\n", equation::PytorchFilterDefinition(*filter.equation));
}

std::string FilterDefinitions(const Architecture& architecture) {
  std::set<const FilterMethod*> filters = {&ActingFilter(architecture.options)};
  for (const Layer& layer : architecture.layers) {
    if (layer.kind == LayerKind::kConvolution)
      filters.insert(&FilterOf(architecture.options, layer));
  }
  std::string text;
  for (const FilterMethod& filter : FilterMethods()) {
    if (filter.acts() && filters.erase(&filter) > 0) text += Defined(filter);
  }
  for (const FilterMethod* filter : filters) {  // a user's: there is one
    if (filter->acts()) text += Defined(*filter);
  }
  return text;
}

Values ValuesOf(const Checkpoint& checkpoint, const ChannelStatistics& statistics) {
  const Config& config = checkpoint.config;
  const Architecture& architecture = checkpoint.architecture;
  const ExportedNorm norm = ExportedNormOf(architecture.options);
  const std::vector<ExportedNorm> of_layers = ExportedNormsOfLayers(architecture);
  const auto any = [&](const auto& asks) {
    return asks(norm) || std::ranges::any_of(of_layers, asks);
  };
  const bool names_ghost = any([](const ExportedNorm& each) { return each.names("GHOST"); });
  const bool ramps = any([](const ExportedNorm& each) { return each.ramps(); });
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
      {"EQUATION_CONSTANTS", EquationConstants(checkpoint, names_ghost, ramps)},
      {"SET_STEPS", ramps ? std::string(kSetSteps) : ""},
      {"NORM_DEFINITIONS", NormDefinitions(norm, of_layers)},
      {"FILTER_DEFINITION", FilterDefinitions(architecture)},
      {"CONVOLUTION", BlockConvolution(architecture)},
      {"MAKE_NORM", MakeNorm(norm, of_layers)},
      {"NORM_NAMES", Join(names)},
      {"NORM_CHOICE", norm.equation ? "NORM or a name in make_norm" : "one of " + Join(names)},
      {"BLOCK_FORWARD",
       BlockForward(architecture, "self.norm(x)", ActivationModules(norm, of_layers))},
      {"BLOCK_PARAMETERS", BlockParameters(architecture)},
      {"BLOCK_ACTIVATION", BlockActivation(architecture)},
      {"ACTIVATION_DEFINITION", ActivationDefinition(architecture)},
      {"REPEATED_BLOCK", RepeatedBlock(architecture, norm)},
      {"PER_APPLICATION_NOTE", PerApplicationNote(architecture, norm)},
      {"LINE_TEXT", Wrapped(architecture.text).substr(4)},
      {"LAYERS", NetworkModules(architecture)},
      {"FORWARD", NetworkForward(architecture)},
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
