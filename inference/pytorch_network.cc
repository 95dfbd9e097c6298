#include "inference/pytorch_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <set>

#include "base/at.h"
#include "base/text.h"
#include "norm/equation/pytorch_filter.h"

namespace normlab {
namespace {

// The operations of one application of a layer, as PyTorch's modules stand for them.
struct LayerOfPlan {
  const PlanOperation *first = nullptr, *end = nullptr;
  int applications = 1;
  int output = 0;  // of the last application: a value of the plan
  // Whether a set of running statistics for each application is kept, which no module of PyTorch
  // does.
  bool keeps_sets = false;

  bool convolves() const { return !first->parameters.empty(); }
  bool bare() const { return first + 1 == end; }
};

std::vector<LayerOfPlan> LayersOf(const Architecture& architecture) {
  const Plan& plan = *architecture.plan;
  std::vector<LayerOfPlan> layers;
  std::map<std::string, std::size_t> sites;
  for (const StatisticsSite& site : plan.sites) ++sites[site.layer];
  for (const PlanUnit& unit : plan.units) {
    const PlanOperation* const end = plan.operations.data() + unit.end;
    if (unit.application > 1) {
      layers.back().applications = unit.application;
    } else {
      layers.push_back({.first = plan.operations.data() + unit.first, .end = end});
    }
    layers.back().output = (end - 1)->output;
  }
  for (LayerOfPlan& layer : layers) {
    const std::vector<int>& states = layer.convolves() ? layer.first->states : std::vector<int>();
    assert(states.empty() && "a convolution keeps none");
    layer.keeps_sets = architecture.options.statistics_per_application && layer.applications > 1 &&
                       sites[layer.first->layer] > 0;
  }
  return layers;
}

// As the line has it: an exported network can be made with any normalization, and a plan without
// one does not say its groups.
const Layer& LineLayer(const Architecture& architecture, const std::string& name) {
  const auto layer = std::ranges::find(architecture.layers, name, &Layer::name);
  assert(layer != architecture.layers.end() && "a plan's layers are those of its line");
  return *layer;
}

bool IsBlock(const Layer& layer) { return layer.kind == LayerKind::kConvolution && !layer.bare; }

// What the line says of the layer's activation, whatever its normalization is.
std::string_view WrittenActivation(const ModelOptions& options, const Layer& layer) {
  return layer.activation.empty() ? std::string_view(options.activation)
                                  : std::string_view(layer.activation);
}

// Whether every block has a ReLU, which needs no module.
bool AllRectify(const Architecture& architecture) {
  return std::ranges::all_of(architecture.layers, [&](const Layer& layer) {
    return !IsBlock(layer) || WrittenActivation(architecture.options, layer) == "relu";
  });
}

std::string FilterClass(const FilterMethod& filter) {
  return filter.acts() ? equation::PytorchFilterClass(*filter.equation) : "nn.Conv2d";
}

bool ConvolutionsDiffer(const Architecture& architecture) {
  const FilterMethod& usual = ActingFilter(architecture.options);
  return std::ranges::any_of(architecture.layers, [&](const Layer& layer) {
    return IsBlock(layer) && &FilterOf(architecture.options, layer) != &usual;
  });
}

// ", stride=2, bias=True": what a layer says beside the usual.
std::string MoreArguments(const Architecture& architecture, const Layer& layer) {
  const ModelOptions& options = architecture.options;
  std::string text;
  if (layer.stride != 1) text += fmt::format(", stride={}", layer.stride);
  if (layer.channel_groups != 1) text += fmt::format(", channel_groups={}", layer.channel_groups);
  if (layer.bias) text += ", bias=True";
  if (!IsBlock(layer)) return text;
  const std::string_view activation = WrittenActivation(options, layer);
  if (activation != options.activation) text += fmt::format(", activation=\"{}\"", activation);
  const FilterMethod& filter = FilterOf(options, layer);
  if (&filter != &ActingFilter(options)) {
    text += fmt::format(", convolution={}", FilterClass(filter));
  }
  return text;
}

std::string ConvolutionModule(const Architecture& architecture, const LayerOfPlan& of_plan) {
  const Layer& layer = LineLayer(architecture, of_plan.first->layer);
  const std::string sizes = fmt::format("{}, {}, kernel={}, padding={}", layer.input.channels,
                                        layer.output.channels, layer.kernel, layer.padding);
  const std::string more = MoreArguments(architecture, layer);
  if (layer.bare) {
    return fmt::format("        self.{} = BareConvolution({}{})", layer.name, sizes, more);
  }
  const std::string module =
      of_plan.keeps_sets ? fmt::format("RepeatedBlock({}, ", of_plan.applications) : "Block(";
  const std::string norm = layer.norm.empty() ? "norm" : fmt::format("\"{}\"", layer.norm);
  return fmt::format("        self.{} = {}{}, {}, height={}, width={}, groups={}{})", layer.name,
                     module, norm, sizes, layer.output.height, layer.output.width, layer.groups,
                     more);
}

// Of a unit that does not convolve: the modules of what learns in it, by their parts.
std::string LearningParts(const LayerOfPlan& layer) {
  std::vector<std::string> parts;
  for (const PlanOperation* operation = layer.first; operation != layer.end; ++operation) {
    if (operation->parameters.empty()) continue;
    parts.push_back(
        fmt::format("\"{}\": nn.{}()", operation->part, operation->kind->pytorch_module));
  }
  if (parts.empty()) return "";
  return fmt::format("        self.{} = nn.ModuleDict({{{}}})", layer.first->layer, Join(parts));
}

// The forward pass, in which `x` is what the last layer gave; what others read later has a name.
class ForwardPass {
 public:
  explicit ForwardPass(const Architecture& architecture) : layers_(LayersOf(architecture)) {
    names_[0] = "images";
    int last = 0;
    for (const LayerOfPlan& layer : layers_) {
      for (const int input : layer.first->inputs) {
        if (input != last) kept_.insert(input);
      }
      last = layer.output;
      names_[last] = layer.first->layer;
    }
  }

  std::string Text() {
    Keep(0);
    for (const LayerOfPlan& layer : layers_) {
      Add(layer);
      x_ = layer.output;
      Keep(x_);
    }
    return Join(lines_, "\n");
  }

 private:
  std::string Name(int value) const { return value == x_ ? "x" : names_.at(value); }
  void Keep(int value) {
    if (kept_.contains(value)) lines_.push_back(fmt::format("        {} = x", names_.at(value)));
  }

  void Add(const LayerOfPlan& layer) {
    const std::vector<int>& inputs = layer.first->inputs;
    if (inputs.size() == 1 && inputs[0] != x_) {
      lines_.push_back(fmt::format("        x = {}", Name(inputs[0])));
      x_ = inputs[0];
    }
    if (layer.convolves()) return AddModule(layer);
    for (const PlanOperation* operation = layer.first; operation != layer.end; ++operation) {
      lines_.push_back(
          fmt::format("        x = {}  # {}", Expression(*operation), operation->layer));
    }
  }

  // Of a unit that does not convolve.
  std::string Expression(const PlanOperation& operation) const {
    if (!operation.parameters.empty()) {
      return fmt::format("self.{}[\"{}\"](x)", operation.layer, operation.part);
    }
    const std::string text = operation.kind->pytorch(operation.attributes);
    if (operation.inputs.size() == 1) return text;
    std::vector<std::string> names;
    for (const int input : operation.inputs) names.push_back(Name(input));
    const std::size_t at = text.find("xs");
    if (at == std::string::npos) return Join(names, text);
    return text.substr(0, at) + "[" + Join(names) + "]" + text.substr(at + 2);
  }

  void AddModule(const LayerOfPlan& layer) {
    const std::string& name = layer.first->layer;
    if (layer.applications == 1) {
      lines_.push_back(fmt::format("        x = self.{}(x)", name));
    } else if (layer.keeps_sets) {
      lines_.push_back(
          fmt::format("        for application in range(1, {}):  # the same weights\n"
                      "            x = self.{}(x, application)",
                      layer.applications + 1, name));
    } else {
      lines_.push_back(
          fmt::format("        for _ in range({}):  # the same weights and the same normalization\n"
                      "            x = self.{}(x)",
                      layer.applications, name));
    }
  }

  std::vector<LayerOfPlan> layers_;
  std::map<int, std::string> names_;  // of values that layers give
  std::set<int> kept_;                // those that are read again when `x` is another
  std::vector<std::string> lines_;
  int x_ = 0;
};

}  // namespace

std::vector<std::string> LayersPerApplication(const Architecture& architecture) {
  std::vector<std::string> names;
  for (const LayerOfPlan& layer : LayersOf(architecture)) {
    if (layer.keeps_sets) names.push_back(layer.first->layer);
  }
  return names;
}

std::string BlockForward(const Architecture& architecture, std::string_view norm,
                         const std::string& modules) {
  const std::string_view activation =
      AllRectify(architecture) ? "functional.relu(x)" : "self.activation(x)";
  std::vector<std::string> lines;
  for (const UnitStep step : architecture.options.order) {
    switch (step) {
      case UnitStep::kRelu:
        if (modules.empty()) {
          lines.push_back(fmt::format("        x = {}", activation));
        } else {
          lines.push_back(
              fmt::format("        if not isinstance(self.norm, {}):\n"
                          "            x = {}",
                          modules, activation));
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

std::string BlockParameters(const Architecture& architecture) {
  std::string text;
  if (!AllRectify(architecture)) {
    text += fmt::format(", activation=\"{}\"", architecture.options.activation);
  }
  if (ConvolutionsDiffer(architecture)) {
    text += fmt::format(", convolution={}", FilterClass(ActingFilter(architecture.options)));
  }
  return text;
}

std::string BlockConvolution(const Architecture& architecture) {
  return ConvolutionsDiffer(architecture) ? "convolution"
                                          : FilterClass(ActingFilter(architecture.options));
}

std::string BlockActivation(const Architecture& architecture) {
  return AllRectify(architecture) ? "" : "\n        self.activation = make_activation(activation)";
}

std::string ActivationDefinition(const Architecture& architecture) {
  if (AllRectify(architecture)) return "";
  std::set<std::string_view> names = {architecture.options.activation};
  for (const Layer& layer : architecture.layers) {
    if (IsBlock(layer)) names.insert(WrittenActivation(architecture.options, layer));
  }
  std::string text =
      "\ndef make_activation(name):\n"
      "    \"\"\"The activation of this name in normlab.\"\"\"\n";
  for (const std::string_view name : names) {
    std::string made = "lambda x: x";
    if (name != kNoActivation) {
      const OperationKind& kind = KindNamed(name);
      made = kind.parameters != nullptr ? fmt::format("nn.{}()", kind.pytorch_module)
                                        : fmt::format("lambda x: {}", kind.pytorch({}));
    }
    text += fmt::format("    if name == \"{}\":\n        return {}\n", name, made);
  }
  return text + "    raise ValueError(f\"unknown activation: {name}\")\n\n";
}

std::string NetworkModules(const Architecture& architecture) {
  std::vector<std::string> lines;
  for (const LayerOfPlan& layer : LayersOf(architecture)) {
    const std::string line =
        layer.convolves() ? ConvolutionModule(architecture, layer) : LearningParts(layer);
    if (!line.empty()) lines.push_back(line);
  }
  return Join(lines, "\n");
}

std::string NetworkForward(const Architecture& architecture) {
  return ForwardPass(architecture).Text();
}

}  // namespace normlab
