#include "model/architecture.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "model/layer_check.h"
#include "model/line.h"
#include "model/lower.h"
#include "model/place_layers.h"

namespace normlab {
namespace {

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
      words[0].starts_with("GAP") || words[0].starts_with("P") || words[0].starts_with("(") ||
      words[0] == "D" || words[0].find_first_of("*()|") != std::string::npos ||
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
  CheckDropout(options.dropout);
  const ModelPreset* preset = FindModelPreset(model);
  if (preset == nullptr) CheckPresetName(model);
  const std::string_view line = preset != nullptr ? preset->line : model;
  std::vector<std::string> names;
  if (preset != nullptr) names = SplitWords(preset->layer_names);
  Architecture architecture{.text = CanonicalLine(line),
                            .input = input,
                            .classes = classes,
                            .layers = PlaceLayers(ParseLine(line), names, input, options),
                            .options = options,
                            .plan = nullptr};
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
  CheckObjections(architecture, smallest_batch);
  for (const Layer& layer : architecture.layers) {
    if (!HasNorm(architecture, layer)) continue;
    const OperationKind& operation = NormOf(architecture.options, layer).operation;
    if (operation.objection != nullptr || operation.coupling != Coupling::kBatch) continue;
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
