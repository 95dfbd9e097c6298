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

std::vector<NormalizedLayer> NormalizedLayers(const SummaryOptions& options,
                                              const Architecture& architecture,
                                              const std::vector<equation::Pooling>& poolings) {
  std::vector<NormalizedLayer> layers;
  for (std::size_t i = 0; i < architecture.layers.size(); ++i) {
    const Layer& layer = architecture.layers[i];
    // What a layer has of its own is not the method that the table is about.
    const bool own = &NormOf(architecture.options, layer) != &architecture.options.norm.method();
    if (own || !HasNorm(architecture, layer)) continue;
    const std::string prefix = layer.name + ".norm.";
    std::vector<equation::PooledExtents> pooled;
    for (const equation::Pooling& pooling : poolings) {
      pooled.push_back(PooledOf(pooling.pooled, NormalizedExtents(options, layer)));
    }
    layers.push_back({.layer = i,
                      .pooled = std::move(pooled),
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
  // Filters that are made of the learned ones lie beside them.
  const std::size_t made = sizeof(float) * architecture.plan->derived_count();
  const ActivationBytes activations = PlannedActivations(architecture, batch);
  return {.parameters = once + made + FilterMakersBytes(*architecture.plan),
          .gradients = once + made,
          .block_gradients = (once + made) * static_cast<std::size_t>(BlocksFor(batch)),
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
  const std::vector<equation::Pooling> poolings =
      PoolingsOf(architecture.options.norm->equation->equation);
  NormSummary norm = {
      .method = &architecture.options.norm.method(),
      .poolings = poolings,
      .refusal = "",
      .program = ProgramWords(architecture.options),
      .weights =
          ActingFilter(architecture.options).acts() ? ActingFilter(architecture.options).name : "",
      .plan = architecture.plan,
      .layers = NormalizedLayers(options, architecture, poolings),
      .parameters = StoredParameters(architecture),
      .parameters_per_call = ParametersPerCall(architecture),
      .buffers = 0,
      .training = TrainingHolds(architecture, options.batch, options.optimizer_states),
      .torchinfo = TorchinfoSays(architecture, options.batch)};
  for (const NormalizedLayer& layer : norm.layers) norm.buffers += layer.buffers;
  return norm;
}

}  // namespace

equation::Extents NormalizedExtents(const SummaryOptions& options, const Layer& layer) {
  const Shape& shape = layer.output;
  const bool divides = layer.groups > 0 && shape.channels % layer.groups == 0;
  return {.images = options.batch,
          .ghost = options.options.ghost,
          .channels = shape.channels,
          .groups = divides ? layer.groups : 1,
          .rows = shape.height,
          .columns = shape.width};
}

const equation::PooledExtents* NormalizedLayer::fewest() const {
  const auto least = std::ranges::min_element(pooled, {}, &equation::PooledExtents::values);
  return least == pooled.end() ? nullptr : &*least;
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
      NormSummary& refused = summary.norms.emplace_back();
      refused.method = &method;
      refused.poolings = PoolingsOf(method.equation->equation);
      refused.refusal = error.what();
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
