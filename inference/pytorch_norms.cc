#include "inference/pytorch_norms.h"

#include <fmt/format.h>

#include <algorithm>

#include "inference/export_texts.h"
#include "norm/equation/pytorch_filter.h"
#include "norm/equation/pytorch_names.h"
#include "norm/norm.h"

namespace normlab {
namespace {

// A user's method that runs by a shipped one's room has its parameters' names too.
bool RunsAsAModule(const ModelOptions& options) {
  const NormMethod& method = options.norm.method();
  const bool by_equation = options.norm_by_equation && method.by_equation != nullptr;
  return !method.pytorch_call.empty() && (method.place > 0 || !by_equation);
}

bool IsNumbered(std::string_view name, std::string_view of) {
  if (!name.starts_with(of) || name.size() < of.size() + 2 || name[of.size()] != '_') return false;
  return std::ranges::all_of(name.substr(of.size() + 1),
                             [](char c) { return c >= '0' && c <= '9'; });
}

// Of a learned or a running value, which may have its application's number behind it.
std::string NameInModule(const equation::Method& method, const std::string& value) {
  for (const equation::Learned& learned : method.equation.learned) {
    if (learned.name == value) return equation::PytorchName(value);
  }
  for (const std::string& state : method.states) {
    if (state.empty() || (value != state && !IsNumbered(value, state))) continue;
    return equation::PytorchName(state) + value.substr(state.size());
  }
  return value;
}

ModelOptions WithNormOf(ModelOptions options, const Layer& layer) {
  options.norm = NormOf(options, layer);
  return options;
}

}  // namespace

ExportedNorm ExportedNormOf(const ModelOptions& options) {
  const NormMethod& method = options.norm.method();
  const bool as_module = RunsAsAModule(options), shipped = as_module || method.place > 0;
  ExportedNorm norm;
  norm.name = as_module ? method.room : method.name;
  norm.is_activation = method.is_activation;
  norm.words = shipped ? norm.name + " normalization" : norm.name;
  for (const std::string& state : method.equation->states) {
    if (norm.running_value.empty()) norm.running_value = equation::PytorchName(state);
  }
  if (as_module) {
    if (method.running_statistics) norm.running_value = "running_mean";
  } else {
    norm.equation = equation::PytorchTextOf(*method.equation);
  }
  return norm;
}

std::vector<ExportedNorm> ExportedNormsOfLayers(const Architecture& architecture) {
  std::vector<ExportedNorm> norms;
  for (const Layer& layer : architecture.layers) {
    if (layer.norm.empty() || layer.norm == architecture.options.norm.name()) continue;
    ExportedNorm norm = ExportedNormOf(WithNormOf(architecture.options, layer));
    if (std::ranges::find(norms, norm.name, &ExportedNorm::name) == norms.end()) {
      norms.push_back(std::move(norm));
    }
  }
  return norms;
}

std::vector<std::string> ModuleNames() {
  std::vector<std::string> names;
  for (const NormMethod& method : NormMethods()) {
    if (!method.pytorch_call.empty()) names.emplace_back(method.name);
  }
  return names;
}

std::string NormDefinitions(const ExportedNorm& norm, const std::vector<ExportedNorm>& of_layers) {
  std::string text;
  for (const NormMethod& method : NormMethods()) {
    if (!method.pytorch_definition.empty())
      text += fmt::format("\n{}\n\n", method.pytorch_definition);
  }
  if (norm.equation) text += fmt::format("\n{}\n\n", norm.equation->definition);
  for (const ExportedNorm& each : of_layers) {
    if (each.equation) text += fmt::format("\n{}\n\n", each.equation->definition);
  }
  return text;
}

std::string MakeNorm(const ExportedNorm& norm, const std::vector<ExportedNorm>& of_layers) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view call) {
    text += fmt::format("{}    if norm == {}:\n        return {}", text.empty() ? "" : "\n", name,
                        call);
  };
  if (norm.equation) add("NORM", norm.equation->call);
  for (const ExportedNorm& each : of_layers) {
    if (each.equation) add(fmt::format("\"{}\"", each.name), each.equation->call);
  }
  for (const NormMethod& method : NormMethods()) {
    if (!method.pytorch_call.empty()) add(fmt::format("\"{}\"", method.name), method.pytorch_call);
  }
  return text;
}

PerApplicationModule PerApplicationModuleOf(const ExportedNorm& norm) {
  if (norm.equation) {
    return {"EquationPerApplication", k_equation_per_application_py,
            "EquationPerApplication(self.norm, applications)"};
  }
  return {"BatchNormPerApplication", k_batch_norm_per_application_py,
          "BatchNormPerApplication(outputs, applications)"};
}

std::string ExportedTensorName(const Architecture& architecture, const std::string& name) {
  constexpr std::string_view kFilterPart = ".conv.";
  if (const std::size_t at = name.find(kFilterPart); at != std::string::npos) {
    const std::size_t value = at + kFilterPart.size();
    const bool own = name.substr(value) == "weight";
    return own ? name : name.substr(0, value) + equation::PytorchFilterName(name.substr(value));
  }
  constexpr std::string_view kPart = ".norm.";
  const std::size_t part = name.find(kPart);
  const auto layer =
      std::ranges::find(architecture.layers, name.substr(0, name.find('.')), &Layer::name);
  const ModelOptions options = layer == architecture.layers.end()
                                   ? architecture.options
                                   : WithNormOf(architecture.options, *layer);
  if (part == std::string::npos || RunsAsAModule(options)) return name;
  const std::size_t value = part + kPart.size();
  return name.substr(0, value) + NameInModule(*options.norm->equation, name.substr(value));
}

}  // namespace normlab
