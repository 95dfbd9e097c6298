#include "report/readme/layer_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/at.h"
#include "base/text.h"
#include "base/text_table.h"
#include "summary/tables.h"
#include "summary/words.h"

namespace normlab {
namespace {

std::string Sort(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::kConvolution:
      return fmt::format("{0}convolution {1} x {1}", layer.depthwise ? "depthwise " : "",
                         layer.kernel);
    case LayerKind::kMaxPool:
      return fmt::format("max pool {0} x {0}", layer.kernel);
    case LayerKind::kAveragePool:
      return fmt::format("average pool {0} x {0}", layer.kernel);
    case LayerKind::kGlobalAveragePool:
      return "global average pool";
    case LayerKind::kSum:
      return "sum";
    case LayerKind::kConcatenation:
      return "concatenation";
    case LayerKind::kPaddedShortcut:
      return "shortcut, padded with zeros";
  }
  return "";
}

std::string Inputs(const Summary& summary, const Layer& layer) {
  std::vector<std::string> names;
  for (const int input : layer.inputs) {
    names.push_back(input == kImages ? "the images" : summary.layers[At(input)].layer.name);
  }
  return Join(names);
}

std::string Operation(const Summary& summary, std::size_t index) {
  const Layer& layer = summary.layers[index].layer;
  std::string text = Sort(layer);
  if (layer.inputs != std::vector<int>{static_cast<int>(index) - 1}) {
    text += " of " + Inputs(summary, layer);
  }
  const bool pools = layer.kind == LayerKind::kMaxPool || layer.kind == LayerKind::kAveragePool;
  if (layer.stride != (pools ? layer.kernel : 1)) text += fmt::format(", stride {}", layer.stride);
  if (pools && layer.padding > 0) text += fmt::format(", padding {}", layer.padding);
  if (layer.channel_groups > 1 && !layer.depthwise) {
    text += fmt::format(", {} groups", layer.channel_groups);
  }
  if (layer.bias) text += ", bias";
  if (layer.kind == LayerKind::kConvolution && layer.bare) text += ", bare";
  if (!layer.activation.empty()) text += fmt::format(", activation {}", layer.activation);
  if (!layer.norm.empty()) text += fmt::format(", normalization {}", layer.norm);
  return layer.repeat > 1 ? fmt::format("{}, applied {} times", text, layer.repeat) : text;
}

std::string NormParameters(const NormSummary& norm, std::size_t layer) {
  for (const NormalizedLayer& normalized : norm.layers) {
    if (normalized.layer == layer) return WithCommas(normalized.parameters);
  }
  return "";
}

std::string Field(const LayerSummary& layer) {
  if (layer.fields.empty()) return "";
  const ReceptiveField& field = layer.fields.back();
  return PixelsText(field.rows.extent, field.columns.extent);
}

std::string Totals(const Summary& summary, const NormSummary& norm) {
  std::string text = fmt::format("{} parameters", WithCommas(norm.parameters));
  if (norm.parameters_per_call != norm.parameters) {
    text += fmt::format(
        " ({} where a layer that is applied twice is counted twice, as "
        "torchsummary does)",
        WithCommas(norm.parameters_per_call));
  }
  return text + fmt::format(" with {} normalization, {} multiply-adds for an image.",
                            norm.method->name, WithCommas(summary.multiply_adds));
}

std::string Followed(const Summary& summary) {
  const std::string& activation = summary.options.options.activation;
  const bool sums = std::ranges::any_of(summary.layers, [](const LayerSummary& each) {
    return each.layer.kind == LayerKind::kSum && !each.layer.bare;
  });
  return fmt::format(
      "A convolution is followed by {}, normalization and dropout, in the order that is said "
      "above; "
      "a bare one by none of them. {}",
      activation == "relu"          ? "ReLU"
      : activation == kNoActivation ? "no activation"
                                    : activation,
      sums ? "A sum is followed by its activation. " : "");
}

}  // namespace

std::string LayerTable(const Summary& summary) {
  const NormSummary& norm = ShownNorm(summary);
  Cells cells = {{"layer", "operation", "output", "weights", "of its normalization",
                  "multiply-adds", "receptive field"}};
  for (std::size_t i = 0; i < summary.layers.size(); ++i) {
    const LayerSummary& layer = summary.layers[i];
    const Shape& output = layer.layer.output;
    const auto calls = static_cast<std::size_t>(layer.layer.repeat);
    cells.push_back({layer.layer.name, Operation(summary, i),
                     fmt::format("{} x {} x {}", output.channels, output.height, output.width),
                     layer.weights == 0 ? "" : WithCommas(layer.weights), NormParameters(norm, i),
                     layer.multiply_adds == 0 ? "" : WithCommas(layer.multiply_adds * calls),
                     Field(layer)});
  }
  return MarkdownTable(cells, "lllrrrr") + "\n" + Totals(summary, norm) + " " + Followed(summary) +
         "The receptive field is in pixels of the image, along an axis.\n";
}

}  // namespace normlab
