#include "report/findings/compared_layers.h"

namespace normlab {
namespace {

constexpr std::size_t kMostModels = 8;

}  // namespace

std::vector<ModelScales> ToldOf(std::vector<ModelScales> models) {
  if (models.size() <= kMostModels) return models;
  std::set<std::string> norms;
  std::erase_if(models, [&](const ModelScales& model) { return !norms.insert(model.norm).second; });
  return models;
}

std::set<std::string> ComparedLayers(const std::vector<ModelScales>& models) {
  std::set<std::string> normalized, all;
  for (const ModelScales& model : models) {
    for (const LayerScale& layer : model.last.layers) {
      all.insert(layer.name);
      if (layer.normalized) normalized.insert(layer.name);
    }
  }
  return normalized.empty() ? all : normalized;
}

std::vector<LayerScale> Among(const EpochScales& scales, const std::set<std::string>& names) {
  std::vector<LayerScale> layers = scales.layers;
  std::erase_if(layers, [&](const LayerScale& layer) { return !names.contains(layer.name); });
  return layers;
}

}  // namespace normlab
