#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/findings/compared_layers.h"
#include "report/findings/layer_findings.h"
#include "report/findings/learned_models.h"

namespace normlab {
namespace {

// NaN where there is no layer, or one has none of it.
double LargestOverSmallest(const std::vector<LayerScale>& layers, double LayerScale::*field) {
  if (layers.empty()) return NAN;
  const auto [low, high] = std::ranges::minmax_element(layers, {}, field);
  return *low.*field > 0 ? *high.*field / (*low.*field) : NAN;
}

// Of the activations that the compared layers pass on, of the gradients of all layers.
struct Unlikeness {
  double activations = NAN, gradients = NAN;
};
Unlikeness Of(const EpochScales& scales, const std::set<std::string>& compared) {
  return {LargestOverSmallest(Among(scales, compared), &LayerScale::after),
          LargestOverSmallest(scales.layers, &LayerScale::gradient_norm)};
}

std::string Times(double ratio) {
  return std::isfinite(ratio) ? fmt::format("{:.3g} times", ratio) : "-";
}

std::string Meaning(const std::vector<ModelScales>& models, const std::set<std::string>& compared) {
  std::vector<std::pair<double, const ModelScales*>> ratios;
  for (const ModelScales& model : models) {
    const double ratio = Of(model.last, compared).activations;
    if (std::isfinite(ratio)) ratios.emplace_back(ratio, &model);
  }
  if (ratios.empty()) return "How unlike the layers are cannot be told: one passes on nothing.";
  const auto [even, uneven] = std::ranges::minmax(ratios);
  const std::string last = fmt::format("at the end, epoch {},", even.second->last.epoch);
  if (even.second == uneven.second) {
    return fmt::format(
        "Under {} the layer with the widest activations spreads them {:.3g} times as "
        "wide as the layer with the narrowest, {} of training.",
        even.second->label, even.first, last.substr(0, last.size() - 1));
  }
  return fmt::format(
      "Layers are most alike under {}, where the widest activations of a layer are "
      "{:.3g} times the narrowest {} and least under {}, {:.3g} times.",
      even.second->label, even.first, last, uneven.second->label, uneven.first);
}

}  // namespace

Answer LayerAnswer(const RunRecord& run, int test_images) {
  const std::vector<ModelScales> models = ToldOf(CollectLayerScales(run));
  if (models.empty()) return {};
  const std::set<std::string> compared = ComparedLayers(models);
  std::vector<ModelScales> learned = models;
  std::erase_if(learned, [lost = LostModels(run, test_images)](const ModelScales& model) {
    return lost.contains(model.label);
  });
  Cells table = {{"model, largest over smallest layer", "activations, first epoch", "last epoch",
                  "gradients, first epoch", "last epoch"}};
  for (const ModelScales& model : models) {
    const Unlikeness first = Of(model.first, compared), last = Of(model.last, compared);
    table.push_back({model.label, Times(first.activations), Times(last.activations),
                     Times(first.gradients), Times(last.gradients)});
  }
  return {Meaning(learned.empty() ? models : learned, compared), AnswerTable(std::move(table))};
}

}  // namespace normlab
