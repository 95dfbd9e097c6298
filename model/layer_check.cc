#include "model/layer_check.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

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
    Refuse(layer, fmt::format("a {0}x{0} convolution without padding needs a map of at least "
                              "{0}x{0}; drop the v, or pool less before it",
                              layer.kernel));
  }
  const int inputs = layer.input.channels, outputs = layer.output.channels;
  if (inputs % layer.channel_groups != 0 || outputs % layer.channel_groups != 0) {
    Refuse(layer,
           fmt::format("{} groups of channels do not divide its {} input and {} output "
                       "channels; {} would do",
                       layer.channel_groups, inputs, outputs, Divisors(std::gcd(inputs, outputs))));
  }
  if (layer.repeat > 1 && layer.input != layer.output) {
    Refuse(layer,
           fmt::format(
               "applied {} times with the same weights it must keep its shape, but it makes "
               "{} of {}; use {} channels{}",
               layer.repeat, ShapeText(layer.output), ShapeText(layer.input), layer.input.channels,
               layer.output.pixels() == layer.input.pixels() ? ""
               : layer.stride > 1                            ? " and no stride"
                                                             : " and no v"));
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

bool SameMap(const Shape& a, const Shape& b) { return a.height == b.height && a.width == b.width; }

// Branches of a sum leave one shape, those of a concatenation one height and width.
void CheckJoin(const Layer& layer, const std::vector<Shape>& inputs) {
  const bool sums = layer.kind == LayerKind::kSum;
  for (const Shape& input : inputs) {
    if (sums ? input == inputs[0] : SameMap(input, inputs[0])) continue;
    std::vector<std::string> shapes;
    for (const Shape& each : inputs) shapes.push_back(ShapeText(each));
    Refuse(layer, fmt::format("its branches leave {}; {}", normlab::Join(shapes),
                              sums ? "a sum needs one shape of all of them"
                                   : "a concatenation needs one height and width of all of them"));
  }
  if (layer.output.channels > kMaxChannels) {
    Refuse(layer, fmt::format("{} channels, at most {} are possible", layer.output.channels,
                              kMaxChannels));
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

void CheckBroughtFilter(const ModelOptions& options, const NormMethod& method) {
  const std::string& brought = method.equation->weights;
  if (brought.empty() || !options.weights->acts() || options.weights->name == brought) return;
  throw UsageError(fmt::format(
      "weights = {}: {} acts on the weights already (by {}); leave weights out, or use another "
      "normalization",
      Printable(options.weights->name), Printable(method.name), brought));
}

}  // namespace

std::string ShapeText(Shape shape) {
  return fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
}

std::string LayerLabel(const Layer& layer) {
  return fmt::format("layer {} '{}' (input {})", layer.name, Printable(layer.token),
                     ShapeText(layer.input));
}

void CheckShapes(const Layer& layer, const std::vector<Shape>& inputs) {
  switch (layer.kind) {
    case LayerKind::kConvolution:
      return CheckConvolution(layer);
    case LayerKind::kSum:
    case LayerKind::kConcatenation:
      return CheckJoin(layer, inputs);
    case LayerKind::kPaddedShortcut:
      return;
    default:
      return CheckPool(layer);
  }
}

int StrideBetween(const Shape& given, const Shape& made) {
  const auto places = [](int extent, int stride) { return (extent - 1) / stride + 1; };
  for (int stride = 1; stride <= std::max(given.height, given.width); ++stride) {
    if (places(given.height, stride) == made.height && places(given.width, stride) == made.width) {
      return stride;
    }
  }
  return 0;
}

void CheckShortcut(const Layer& join, Shortcut shortcut, const Shape& given, const Shape& made) {
  Layer named = join;
  named.name = join.kind == LayerKind::kSum ? "sum" : "concatenation";
  named.input = given;
  if (join.kind == LayerKind::kConcatenation) {
    if (SameMap(given, made)) return;
    Refuse(named, fmt::format("the brackets make {} of it, and a concatenation with it needs one "
                              "height and width; keep them in the brackets",
                              ShapeText(made)));
  }
  if (shortcut == Shortcut::kIdentity) {
    if (given == made) return;
    Refuse(named, fmt::format("the brackets make {} of it, and the sum of the two needs one shape; "
                              "write +A (every stride-th pixel, channels of zeros) or +B (a 1x1 "
                              "convolution), or keep the shape in the brackets",
                              ShapeText(made)));
  }
  if (StrideBetween(given, made) == 0) {
    Refuse(named, fmt::format("the brackets make {} of it, which no stride of a shortcut does; "
                              "with padding, strides leave every stride-th pixel",
                              ShapeText(made)));
  }
  if (shortcut == Shortcut::kPadded && made.channels < given.channels) {
    Refuse(named, fmt::format("+A adds channels of zeros, but the brackets make {} channels of {}; "
                              "write +B",
                              made.channels, given.channels));
  }
}

void CheckNorm(const Layer& layer, const NormMethod& method) {
  if (method.operation.divides_channels) CheckGroups(layer, method);
  CheckImageStatistics(layer, method);
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
  CheckBroughtFilter(options, options.norm.method());
  for (const Layer& layer : architecture.layers) {
    if (layer.kind != LayerKind::kConvolution || layer.bare) continue;
    CheckBroughtFilter(options, NormOf(options, layer));
    const FilterMethod& filter = FilterOf(options, layer);
    if (!filter.acts()) continue;
    const std::string objection = FilterObjection(
        *filter.equation, {layer.output.channels, layer.input.channels / layer.channel_groups,
                           layer.kernel, layer.kernel});
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
