#include "report/findings/layer_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/findings/compared_layers.h"
#include "report/findings/finding_words.h"

namespace normlab {
namespace {

constexpr std::size_t kFarthest = 3;

// "0.12 (C5) to 3.4 (C1)"
std::string Range(const std::vector<LayerScale>& layers, double LayerScale::*field) {
  const auto [low, high] = std::ranges::minmax_element(layers, {}, field);
  return fmt::format("{:.3g} ({}) to {:.3g} ({})", *low.*field, low->name, *high.*field,
                     high->name);
}

std::string Who(const ModelScales& model) {
  return fmt::format("{} ({}, n = {}{})", model.label, SeedList(model.seeds), model.seeds.size(),
                     model.diverged ? ", diverged" : "");
}

// "at epoch 1 A, at epoch 20 B"
template <class Words>
std::string AtBothEpochs(const ModelScales& model, const Words& words) {
  std::string text = fmt::format("at epoch {} {}", model.first.epoch, words(model.first));
  if (model.last.epoch == model.first.epoch) return text;
  return text + fmt::format(", at epoch {} {}", model.last.epoch, words(model.last));
}

std::string ActivationSentence(const std::vector<ModelScales>& models) {
  const std::set<std::string> names = ComparedLayers(models);
  std::vector<std::string> words;
  for (const ModelScales& model : models) {
    const auto range = [&](const EpochScales& scales) -> std::string {
      const std::vector<LayerScale> layers = Among(scales, names);
      if (layers.empty()) return "none of these layers";
      const std::string after = Range(layers, &LayerScale::after);
      if (std::ranges::none_of(layers, &LayerScale::normalized)) return after + ", not normalized";
      return fmt::format("{}, before normalization {}", after, Range(layers, &LayerScale::before));
    };
    words.push_back(Who(model) + " " + AtBothEpochs(model, range));
  }
  return fmt::format(
      "Standard deviation of the activations that a layer passes on, smallest to largest over {} "
      "layer{}, last training batch: {}.",
      names.size(), names.size() == 1 ? "" : "s", Join(words, "; "));
}

std::string GradientSentence(const std::vector<ModelScales>& models) {
  std::vector<std::string> words;
  for (const ModelScales& model : models) {
    const auto ratio = [](const EpochScales& scales) {
      const auto [low, high] =
          std::ranges::minmax_element(scales.layers, {}, &LayerScale::gradient_norm);
      const std::string range = Range(scales.layers, &LayerScale::gradient_norm);
      return low->gradient_norm > 0
                 ? fmt::format("{:.3g} times ({})", high->gradient_norm / low->gradient_norm, range)
                 : range;
    };
    words.push_back(Who(model) + " " + AtBothEpochs(model, ratio));
  }
  return fmt::format(
      "Largest over smallest gradient norm of a layer's convolution weights, last training batch: "
      "{}.",
      Join(words, "; "));
}

bool HasDistances(const LayerScale& layer) {
  return std::isfinite(layer.running_mean_distance) &&
         std::isfinite(layer.running_variance_distance);
}

std::string RunningSentence(const ModelScales& model) {
  std::vector<LayerScale> layers = model.last.layers;
  std::erase_if(layers, [](const LayerScale& layer) { return !HasDistances(layer); });
  if (layers.empty()) return "";
  std::ranges::stable_sort(layers, std::greater<>(), [](const LayerScale& layer) {
    return std::max(layer.running_mean_distance, layer.running_variance_distance);
  });
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(layers.size(), kFarthest); ++i) {
    words.push_back(fmt::format("{} (mean {:.3g}, variance {:.3g})", layers[i].name,
                                layers[i].running_mean_distance,
                                layers[i].running_variance_distance));
  }
  return fmt::format(
      "{}: the layers whose batch statistics were farthest from the running ones at the last "
      "training batch of epoch {}, of {} with running statistics: {}.",
      Who(model), model.last.epoch, layers.size(), Join(words, ", "));
}

}  // namespace

std::vector<std::string> LayerFindings(const RunRecord& run) {
  const std::vector<ModelScales> all = CollectLayerScales(run);
  if (all.empty()) return {};
  const std::vector<ModelScales> models = ToldOf(all);
  std::vector<std::string> sentences = {ActivationSentence(models), GradientSentence(models)};
  for (const ModelScales& model : models) {
    std::string sentence = RunningSentence(model);
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  }
  if (models.size() < all.size()) {
    sentences.push_back(fmt::format(
        "Of the {} models with records of their layers the first of every normalization is told.",
        all.size()));
  }
  return sentences;
}

}  // namespace normlab
