#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text_table.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"
#include "report/summary/learned_quantities.h"
#include "report/text/sample_text.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestLabel = 100;
constexpr int kDecimals = 3;

constexpr char kAbout[] =
    "What the layers learned beside their filters, after every epoch; a value that the "
    "applications of a repeated layer share is one. Where an equation makes something of learned "
    "values alone, such as shares that add up to 1, that is shown first. Of a value with several "
    "elements, one a channel for instance, the mean; in brackets the lowest and the highest, of "
    "all seeds. Deviations and all epochs: `learned.csv` in the folder of each training.\n";

std::string Title(const LearnedQuantity& quantity) {
  return quantity.part == "norm" ? quantity.name : quantity.part + "." + quantity.name;
}

std::string CellOf(const LearnedQuantity& quantity, const std::string& name) {
  const auto layer = std::ranges::find(quantity.layers, name, &LearnedLayer::layer);
  if (layer == quantity.layers.end() || layer->points.empty()) return "";
  const std::string mean = DecimalText(layer->points.back().mean, kDecimals);
  if (!(layer->lowest < layer->highest)) return mean;
  return fmt::format("{} ({} to {})", mean, DecimalText(layer->lowest, kDecimals),
                     DecimalText(layer->highest, kDecimals));
}

// A row a layer, a column a value; at the last epoch.
std::string ValueTable(const std::vector<LearnedQuantity>& quantities) {
  std::vector<std::string> layers;
  Cells cells(1, {"layer"});
  for (const LearnedQuantity& quantity : quantities) {
    cells[0].push_back(Title(quantity));
    for (const LearnedLayer& layer : quantity.layers) {
      if (std::ranges::find(layers, layer.layer) == layers.end()) layers.push_back(layer.layer);
    }
  }
  for (const std::string& layer : layers) {
    cells.push_back({layer});
    for (const LearnedQuantity& quantity : quantities) {
      cells.back().push_back(CellOf(quantity, layer));
    }
  }
  return MarkdownTable(cells);
}

const Model& ModelOf(const ReadmeContext& context, const std::string& label) {
  return *std::ranges::find(context.models, label, &Model::label);
}

// Weight and bias are told by their figure.
std::string RestOf(const LearnedParts& parts, const LearnedFigures& figures, int& number) {
  std::vector<LearnedQuantity> tabled = parts.rest;
  std::erase_if(tabled, [](const auto& each) { return each.kind == LearnedKind::kAffine; });
  std::string body = tabled.empty() ? "" : ValueTable(tabled);
  body += FigureList(figures.rest, number);
  if (body.empty()) return "";
  std::string names;
  for (const LearnedQuantity& each : parts.rest) names += (names.empty() ? "" : ", ") + Title(each);
  return Folded(fmt::format("{}: {}", Shortened(figures.label, kLongestLabel), names), body);
}

}  // namespace

std::string LearnedSection(const ReadmeContext& context, int& figure) {
  std::string open, folded;
  std::size_t shown = 0;
  for (const LearnedFigures& figures : context.figures.learned) {
    const LearnedParts parts = PartsOf(LearnedQuantities(ModelOf(context, figures.label)));
    std::string text;
    if (!parts.first.empty()) {
      text += fmt::format("\n{}, after the last epoch:\n\n",
                          MarkdownText(Shortened(figures.label, kLongestLabel)));
      text += ValueTable(parts.first) + FigureList(figures.first, figure);
    }
    text += RestOf(parts, figures, figure);
    if (text.empty()) continue;
    (shown++ < kFewModels ? open : folded) += text;
  }
  if (shown == 0) return "";
  if (!folded.empty()) folded = Folded(fmt::format("{} more", shown - kFewModels), folded);
  return kAbout + open + folded;
}

}  // namespace normlab
