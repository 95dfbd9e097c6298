#include "summary/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "engine/fast/memory.h"
#include "operations/fast/block.h"
#include "summary/warnings.h"

namespace normlab {
namespace {

PooledAxes PooledBy(const NormMethod& method, int batch, const Layer& layer) {
  if (!method.has_statistics) return {};
  const Shape& shape = layer.output;
  const StatisticShape statistics = StatisticShapeOf(method, batch, shape, layer.groups);
  return {batch / statistics.images, shape.channels / statistics.channels,
          shape.height / statistics.height, shape.width / statistics.width};
}

template <typename Info>
std::size_t SumOf(const std::vector<Info>& infos, const std::string& prefix) {
  std::size_t size = 0;
  for (const Info& info : infos) {
    if (info.name.starts_with(prefix)) size += info.size;
  }
  return size;
}

std::size_t BufferCount(const Plan& plan, const std::string& prefix) {
  const auto counters = std::ranges::count_if(
      plan.counters, [&](const CounterInfo& counter) { return counter.name.starts_with(prefix); });
  return SumOf(plan.buffers, prefix) + static_cast<std::size_t>(counters);
}

std::vector<NormalizedLayer> NormalizedLayers(const Architecture& architecture, int batch) {
  const NormMethod& method = architecture.options.norm.method();
  std::vector<NormalizedLayer> layers;
  for (std::size_t i = 0; i < architecture.layers.size(); ++i) {
    const Layer& layer = architecture.layers[i];
    if (!HasNorm(architecture, layer)) continue;
    const std::string prefix = layer.name + ".norm.";
    layers.push_back({.layer = i,
                      .pooled = PooledBy(method, batch, layer),
                      .parameters = SumOf(architecture.plan->parameters, prefix),
                      .buffers = BufferCount(*architecture.plan, prefix)});
  }
  return layers;
}

// The outputs of the modules that have parameters.
TorchinfoBytes TorchinfoSays(const Architecture& architecture, int batch) {
  const Plan& plan = *architecture.plan;
  std::size_t outputs = 0;
  for (const PlanOperation& operation : plan.operations) {
    if (!operation.parameters.empty()) outputs += plan.ShapeOf(operation.output).size();
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
  const std::vector<ReceptiveField> fields = UnitFields(*architecture.plan);
  std::vector<LayerSummary> summaries;
  auto field = fields.begin();
  for (const Layer& layer : architecture.layers) {
    summaries.push_back({.layer = layer,
                         .weights = SumOf(architecture.plan->parameters, layer.name + ".conv."),
                         .multiply_adds = MultiplyAdds(architecture, layer),
                         .fields = std::vector<ReceptiveField>(field, field + layer.repeat)});
    field += layer.repeat;
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

std::string ProgramWords(const ModelOptions& options) {
  const NormMethod& method = options.norm.method();
  if (!method.normalizes()) return "";
  const bool by_equation = options.norm_by_equation || method.room.empty();
  return by_equation ? "its equation" : fmt::format("the room of {}", method.room);
}

NormSummary SummarizeNorm(const SummaryOptions& options, const Architecture& architecture) {
  NormSummary norm = {
      .method = &architecture.options.norm.method(),
      .refusal = "",
      .program = ProgramWords(architecture.options),
      .plan = architecture.plan,
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
