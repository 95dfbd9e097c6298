#include "summary/summary.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "engine/fast/memory.h"
#include "operations/fast/block.h"
#include "summary/warnings.h"

namespace normlab {
namespace {

PooledAxes PooledBy(const NormMethod& method, int batch, const Layer& layer) {
  const Shape& shape = layer.output;
  const StatisticShape statistics = StatisticShapeOf(method, batch, shape, layer.groups);
  return {batch / statistics.images, shape.channels / statistics.channels,
          shape.height / statistics.height, shape.width / statistics.width};
}

template <typename Info>
std::size_t SizeOf(const std::vector<Info>& infos, const std::string& prefix) {
  std::size_t size = 0;
  for (const Info& info : infos) {
    if (info.name.starts_with(prefix)) size += info.size;
  }
  return size;
}

std::size_t BufferCount(const Architecture& architecture, const std::string& prefix) {
  const auto counters = CounterInfos(architecture);
  return SizeOf(BufferInfos(architecture), prefix) +
         static_cast<std::size_t>(std::ranges::count_if(counters, [&](const CounterInfo& counter) {
           return counter.name.starts_with(prefix);
         }));
}

std::vector<NormalizedLayer> NormalizedLayers(const Architecture& architecture, int batch) {
  const NormMethod& method = FindNormMethod(architecture.options.norm);
  const std::vector<ParameterInfo> parameters = ParameterInfos(architecture);
  std::vector<NormalizedLayer> layers;
  for (std::size_t i = 0; i < architecture.layers.size(); ++i) {
    const Layer& layer = architecture.layers[i];
    if (!HasNorm(architecture, layer)) continue;
    const std::string prefix = layer.name + ".norm.";
    layers.push_back({.layer = i,
                      .pooled = PooledBy(method, batch, layer),
                      .parameters = SizeOf(parameters, prefix),
                      .buffers = BufferCount(architecture, prefix)});
  }
  return layers;
}

// The modules with parameters are convolutions and, where they have any, normalizations.
TorchinfoBytes TorchinfoSays(const Architecture& architecture, int batch) {
  const bool affine = FindNormMethod(architecture.options.norm).affine != AffineKind::kNone;
  std::size_t outputs = 0;
  for (const Layer& layer : architecture.layers) {
    if (layer.kind != LayerKind::kConvolution) continue;
    const std::size_t modules = HasNorm(architecture, layer) && affine ? 2 : 1;
    outputs += modules * layer.output.size() * static_cast<std::size_t>(layer.repeat);
  }
  const auto images = static_cast<std::size_t>(batch);
  return {.input = sizeof(float) * images * architecture.input.size(),
          .forward_backward = 2 * sizeof(float) * images * outputs,
          .parameters = sizeof(float) * StoredParameters(architecture)};
}

TrainingBytes TrainingHolds(const Architecture& architecture, int batch, int optimizer_states) {
  const std::size_t once = sizeof(float) * StoredParameters(architecture);
  const ActivationBytes activations = PlannedActivations(architecture, batch);
  return {.parameters = once,
          .gradients = once,
          .block_gradients = once * static_cast<std::size_t>(BlocksFor(batch)),
          .activations = activations.batch,
          .thread_activations = activations.thread,
          .optimizer = once * static_cast<std::size_t>(optimizer_states)};
}

std::vector<LayerSummary> LayerSummaries(const Architecture& architecture) {
  const std::vector<ParameterInfo> parameters = ParameterInfos(architecture);
  std::vector<LayerSummary> summaries;
  ReceptiveField field;
  for (const Layer& layer : architecture.layers) {
    LayerSummary summary = {.layer = layer,
                            .weights = SizeOf(parameters, layer.name + ".conv."),
                            .multiply_adds = MultiplyAdds(layer),
                            .fields = {}};
    for (int time = 0; time < layer.repeat; ++time) {
      field = AfterLayer(field, layer);
      summary.fields.push_back(field);
    }
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

Architecture ArchitectureWith(const SummaryOptions& options, const std::string& norm) {
  ModelOptions model = options.options;
  model.norm = norm;
  const Architecture architecture =
      ParseArchitecture(options.model, options.input, options.classes, model);
  CheckBatchStatistics(architecture, options.batch);
  return architecture;
}

NormSummary SummarizeNorm(const SummaryOptions& options, const Architecture& architecture) {
  NormSummary norm = {
      .method = &FindNormMethod(architecture.options.norm),
      .refusal = "",
      .layers = NormalizedLayers(architecture, options.batch),
      .parameters = StoredParameters(architecture),
      .parameters_per_call = ParametersPerCall(architecture),
      .buffers = 0,
      .training = TrainingHolds(architecture, options.batch, options.optimizer_states),
      .torchinfo = TorchinfoSays(architecture, options.batch)};
  for (const NormalizedLayer& layer : norm.layers) norm.buffers += layer.buffers;
  return norm;
}

}  // namespace

std::size_t PooledAxes::values() const {
  return static_cast<std::size_t>(images) * static_cast<std::size_t>(channels) *
         static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

Summary Summarize(const SummaryOptions& options) {
  Summary summary;
  summary.options = options;
  std::optional<Architecture> possible;
  std::optional<UsageError> first_refusal;
  for (const std::string& name : options.norms) {
    const NormMethod& method = FindNormMethod(name);
    try {
      const Architecture architecture = ArchitectureWith(options, name);
      summary.norms.push_back(SummarizeNorm(options, architecture));
      if (!possible) possible = architecture;
    } catch (const UsageError& error) {
      if (!first_refusal) first_refusal = error;
      summary.norms.push_back({});
      summary.norms.back().method = &method;
      summary.norms.back().refusal = error.what();
    }
  }
  if (!possible) throw first_refusal.value();
  summary.line = possible->text;
  summary.layers = LayerSummaries(*possible);
  summary.multiply_adds = MultiplyAdds(*possible);
  summary.warnings = WarningsOf(summary);
  return summary;
}

}  // namespace normlab
