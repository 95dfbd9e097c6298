#include "model/architecture.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "model/layer_check.h"
#include "model/lower.h"
#include "model/token.h"

namespace normlab {
namespace {

// Names by running counts: all convolutions share one, each sort of pool has its own, and the first
// global pool is plain GAP.
class LayerNames {
 public:
  std::string Next(const Layer& layer) {
    switch (layer.kind) {
      case LayerKind::kConvolution:
        return fmt::format("{}{}", layer.kernel == 1 ? 'c' : 'C', ++convolutions_);
      case LayerKind::kMaxPool:
        return fmt::format("P{}", ++max_pools_);
      case LayerKind::kAveragePool:
        return fmt::format("A{}", ++average_pools_);
      case LayerKind::kGlobalAveragePool:
        return ++global_pools_ == 1 ? "GAP" : fmt::format("GAP{}", global_pools_);
    }
    return "";
  }

 private:
  int convolutions_ = 0, max_pools_ = 0, average_pools_ = 0, global_pools_ = 0;
};

std::vector<std::string> NamesOf(const std::vector<Layer>& layers, const ModelPreset* preset) {
  if (preset != nullptr) return SplitWords(preset->layer_names);
  LayerNames count;
  std::vector<std::string> names;
  for (const Layer& layer : layers) names.push_back(count.Next(layer));
  return names;
}

// A convolution has stride 1; pools move by their own size and drop what does not fill a window, as
// PyTorch does (floor).
Shape OutputShape(const Layer& layer, Shape input) {
  if (layer.kind == LayerKind::kGlobalAveragePool) return {input.channels, 1, 1};
  if (layer.kind == LayerKind::kConvolution) {
    const int lost = layer.kernel - 1 - 2 * layer.padding;
    return {layer.output.channels, input.height - lost, input.width - lost};
  }
  return {input.channels, input.height / layer.kernel, input.width / layer.kernel};
}

Layer PlaceLayer(Layer layer, const std::string& name, Shape input, int default_groups) {
  layer.name = name;
  layer.input = input;
  layer.output = OutputShape(layer, input);
  if (layer.kind != LayerKind::kConvolution || layer.bare) {
    layer.groups = 0;
  } else if (layer.groups == 0) {
    layer.groups = default_groups;
  }
  return layer;
}

// A single word that does not begin like a layer (cifar37k, mnist) was meant as a preset's name.
void CheckPresetName(std::string_view model) {
  const std::vector<std::string> words = SplitWords(model);
  std::vector<std::string> presets;
  for (const ModelPreset& preset : ModelPresets()) presets.emplace_back(preset.name);
  if (words.empty()) {
    throw UsageError("model: the line is empty, expected a preset (" + Join(presets) +
                     ") or layers such as 'C8 P C16 GAP c10!'");
  }
  const bool like_layer =
      words[0].starts_with("GAP") || words[0].starts_with("P") ||
      (words[0].find_first_of("CcA") == 0 && words[0].find_first_of("0123456789") == 1);
  if (words.size() == 1 && !like_layer) {
    throw UsageError(fmt::format(
        "model: unknown model '{}', expected a preset ({}) or layers such as 'C8 P C16 GAP c10!'{}",
        Printable(words[0]), Join(presets), NearestWords(words[0], presets)));
  }
}

// Dropout decides with 16 bits (operations/dropout.h), so that 65535 / 65536 is the most it can
// drop.
void CheckDropout(double probability) {
  constexpr double kLargest = 65535.0 / 65536.0;
  if (probability >= 0 && probability <= kLargest) return;
  throw UsageError(
      fmt::format("dropout: probability {}, expected 0 to {:.6f}", probability, kLargest));
}

}  // namespace

Architecture ParseArchitecture(std::string_view model, Shape input, int classes,
                               const ModelOptions& options) {
  const NormMethod& method = options.norm.method();
  CheckDropout(options.dropout);
  const ModelPreset* preset = FindModelPreset(model);
  if (preset == nullptr) CheckPresetName(model);
  const std::vector<Layer> layers = ParseTokens(preset != nullptr ? preset->line : model);
  const std::vector<std::string> names = NamesOf(layers, preset);

  Architecture architecture{.text = "",
                            .input = input,
                            .classes = classes,
                            .layers = {},
                            .options = options,
                            .plan = nullptr};
  std::vector<std::string> words;
  Shape shape = input;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer layer = PlaceLayer(layers[i], names[i], shape, options.groups);
    CheckShapes(layer);
    const bool grouped = layer.kind == LayerKind::kConvolution && !layer.bare;
    if (method.operation.divides_channels && grouped) CheckGroups(layer, method);
    if (grouped) CheckImageStatistics(layer, method);
    architecture.layers.push_back(layer);
    words.push_back(layer.token);
    shape = layer.output;
  }
  architecture.text = Join(words, " ");
  CheckOutput(architecture);
  architecture.plan = std::make_shared<const Plan>(Lower(architecture));
  CheckParameterCount(architecture);
  CheckFilters(architecture);
  CheckObjections(architecture, 0);
  return architecture;
}

Architecture WithOptions(Architecture architecture, const ModelOptions& options) {
  architecture.options = options;
  architecture.plan = std::make_shared<const Plan>(Lower(architecture));
  return architecture;
}

void CheckBatchStatistics(const Architecture& architecture, int smallest_batch) {
  if (architecture.options.norm->operation.objection != nullptr) {
    return CheckObjections(architecture, smallest_batch);
  }
  if (architecture.options.norm->operation.coupling != Coupling::kBatch) return;
  for (const Layer& layer : architecture.layers) {
    if (!HasNorm(architecture, layer)) continue;
    if (static_cast<std::size_t>(std::max(smallest_batch, 0)) * layer.output.pixels() > 1) continue;
    throw UsageError(fmt::format(
        "model: {}: batch normalization of its output {} would see {} value per channel in a batch "
        "of {} (the smallest batch of an epoch), it needs at least 2: change batch_size so that no "
        "image is left alone, or use layer or group normalization",
        LayerLabel(layer), ShapeText(layer.output), smallest_batch, smallest_batch));
  }
}

std::vector<std::string> NormDoubts(const Plan& plan, int batch) {
  std::vector<std::string> doubts;
  for (const PlanOperation& operation : plan.operations) {
    if (operation.kind->doubts == nullptr || operation.application > 1) continue;
    for (const std::string& doubt :
         operation.kind->doubts(operation.attributes, plan.InputShape(operation), batch)) {
      doubts.push_back(fmt::format("{}: {}", operation.layer, doubt));
    }
  }
  return doubts;
}

}  // namespace normlab
