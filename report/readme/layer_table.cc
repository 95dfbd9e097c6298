#include "report/readme/layer_table.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/text_table.h"
#include "summary/tables.h"
#include "summary/words.h"

namespace normlab {
namespace {

std::string Operation(const Layer& layer) {
  std::string text;
  switch (layer.kind) {
    case LayerKind::kConvolution:
      text = fmt::format("convolution {0} x {0}", layer.kernel);
      break;
    case LayerKind::kMaxPool:
      text = fmt::format("max pool {0} x {0}", layer.kernel);
      break;
    case LayerKind::kAveragePool:
      text = fmt::format("average pool {0} x {0}", layer.kernel);
      break;
    case LayerKind::kGlobalAveragePool:
      text = "global average pool";
      break;
  }
  if (layer.kind == LayerKind::kConvolution && layer.bare) text += ", bare";
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

}  // namespace

std::string LayerTable(const Summary& summary) {
  const NormSummary& norm = ShownNorm(summary);
  Cells cells = {{"layer", "operation", "output", "weights", "of its normalization",
                  "multiply-adds", "receptive field"}};
  for (std::size_t i = 0; i < summary.layers.size(); ++i) {
    const LayerSummary& layer = summary.layers[i];
    const Shape& output = layer.layer.output;
    const auto calls = static_cast<std::size_t>(layer.layer.repeat);
    cells.push_back({layer.layer.name, Operation(layer.layer),
                     fmt::format("{} x {} x {}", output.channels, output.height, output.width),
                     layer.weights == 0 ? "" : WithCommas(layer.weights), NormParameters(norm, i),
                     layer.multiply_adds == 0 ? "" : WithCommas(layer.multiply_adds * calls),
                     Field(layer)});
  }
  return MarkdownTable(cells, "lllrrrr") + "\n" + Totals(summary, norm) +
         " A convolution is followed by ReLU, normalization and dropout, in the order that is said "
         "above; a bare one by none of them. The receptive field is in pixels of the image, along "
         "an axis.\n";
}

}  // namespace normlab
