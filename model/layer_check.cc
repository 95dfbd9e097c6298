#include "model/layer_check.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "norm/equation/normalizing.h"
#include "norm/equation/statistics.h"
#include "norm/filters/filter_operation.h"

namespace normlab {
namespace {

std::string Divisors(int number) {
  std::vector<std::string> divisors;
  for (int i = 1; i <= number; ++i) {
    if (number % i == 0) divisors.push_back(std::to_string(i));
  }
  return Join(divisors);
}

[[noreturn]] void Refuse(const Layer& layer, const std::string& reason) {
  throw UsageError(fmt::format("model: {}: {}", LayerLabel(layer), reason));
}

void CheckConvolution(const Layer& layer) {
  if (layer.output.height < 1 || layer.output.width < 1) {
    Refuse(layer, fmt::format("a 3x3 convolution without padding needs a map of at least 3x3; "
                              "drop the v, or pool less before it"));
  }
  if (layer.repeat > 1 && layer.input != layer.output) {
    Refuse(layer,
           fmt::format(
               "applied {} times with the same weights it must keep its shape, but it makes "
               "{} of {}; use {} channels{}",
               layer.repeat, ShapeText(layer.output), ShapeText(layer.input), layer.input.channels,
               layer.output.pixels() == layer.input.pixels() ? "" : " and no v"));
  }
}

void CheckPool(const Layer& layer) {
  if (layer.output.height >= 1 && layer.output.width >= 1) return;
  const int largest = std::min(layer.input.height, layer.input.width);
  Refuse(layer, fmt::format("a {0}x{0} pool does not fit its {1}x{2} map; {3}", layer.kernel,
                            layer.input.height, layer.input.width,
                            layer.kind == LayerKind::kMaxPool
                                ? "remove it"
                                : fmt::format("sizes 1 to {} do, and GAP always does", largest)));
}

}  // namespace

std::string ShapeText(Shape shape) {
  return fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
}

std::string LayerLabel(const Layer& layer) {
  return fmt::format("layer {} '{}' (input {})", layer.name, Printable(layer.token),
                     ShapeText(layer.input));
}

void CheckShapes(const Layer& layer) {
  if (layer.kind == LayerKind::kConvolution) {
    CheckConvolution(layer);
  } else {
    CheckPool(layer);
  }
}

void CheckGroups(const Layer& layer, const NormMethod& method) {
  const int channels = layer.output.channels;
  if (layer.groups > 0 && channels % layer.groups == 0) return;
  Refuse(layer,
         fmt::format("{} with {} groups does not divide its {} channels (output {}); {} would "
                     "do: set the key groups, or write /G after the channels of this layer",
                     method.room == "group" ? "group normalization" : Printable(method.title),
                     layer.groups, channels, ShapeText(layer.output), Divisors(channels)));
}

void CheckImageStatistics(const Layer& layer, const NormMethod& method) {
  if (method.room.empty()) return;
  const equation::Equation& equation = method.equation->equation;
  const Shape& shape = layer.output;
  const equation::Extents extents = {
      1, 0, shape.channels, std::max(layer.groups, 1), shape.height, shape.width};
  if (KeepsInput(equation, LoneReductions(equation, extents, 0))) return;
  Refuse(layer, fmt::format(
                    "{} of its output {} would take each mean over one value, and leave nothing of "
                    "it; mark the layer bare ({}!), or use another normalization",
                    method.title, ShapeText(shape), Printable(layer.token)));
}

void CheckObjections(const Architecture& architecture, int images) {
  const Plan& plan = *architecture.plan;
  for (const PlanOperation& operation : plan.operations) {
    if (operation.kind->objection == nullptr) continue;
    const std::string objection =
        operation.kind->objection(operation.attributes, plan.InputShape(operation), images);
    if (objection.empty()) continue;
    Refuse(*std::ranges::find(architecture.layers, operation.layer, &Layer::name), objection);
  }
}

void CheckFilters(const Architecture& architecture) {
  const ModelOptions& options = architecture.options;
  const std::string& brought = options.norm->equation->weights;
  if (!brought.empty() && options.weights->acts() && options.weights->name != brought) {
    throw UsageError(fmt::format(
        "weights = {}: {} acts on the weights already (by {}); leave weights out, or use another "
        "normalization",
        Printable(options.weights->name), Printable(options.norm->name), brought));
  }
  const FilterMethod& filter = ActingFilter(options);
  if (!filter.acts()) return;
  for (const Layer& layer : architecture.layers) {
    if (layer.kind != LayerKind::kConvolution || layer.bare) continue;
    const std::string objection =
        FilterObjection(*filter.equation,
                        {layer.output.channels, layer.input.channels, layer.kernel, layer.kernel});
    if (!objection.empty()) Refuse(layer, objection);
  }
}

void CheckOutput(const Architecture& architecture) {
  const Shape output = architecture.layers.back().output;
  const int classes = architecture.classes;
  if (output == Shape{classes, 1, 1}) return;
  std::string advice;
  if (output.pixels() == 1) {
    advice = fmt::format("end the line with c{}!", classes);
  } else if (output.channels == classes) {
    advice = "end the line with GAP";
  } else {
    advice = fmt::format("end the line with GAP c{}!", classes);
  }
  throw UsageError(fmt::format(
      "model: {} is the last layer and leaves {}, expected {} (one number for each of {} classes); "
      "{}",
      LayerLabel(architecture.layers.back()), ShapeText(output), ShapeText({classes, 1, 1}),
      classes, advice));
}

void CheckParameterCount(const Architecture& architecture) {
  const auto convolves = [](const Layer& layer) { return layer.kind == LayerKind::kConvolution; };
  if (std::ranges::none_of(architecture.layers, convolves)) {
    throw UsageError(
        fmt::format("model: no layer of '{}' has anything to learn, expected a convolution at the "
                    "least, such as 'GAP c{}!'",
                    Printable(architecture.text), architecture.classes));
  }
  std::size_t parameters = 0;
  for (const Layer& layer : architecture.layers) {
    parameters += StoredParameters(architecture, layer);
    if (parameters > kMaxParameters) {
      Refuse(layer, fmt::format("up to here the model has {} parameters, at most {} are possible; "
                                "use fewer channels",
                                parameters, kMaxParameters));
    }
  }
}

}  // namespace normlab
