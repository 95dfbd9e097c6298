#include "summary/json.h"

#include <nlohmann/json.hpp>

#include "base/at.h"
#include "norm/equation/normalizing.h"
#include "norm/equation/source_text.h"
#include "summary/words.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

Json ShapeJson(Shape shape) { return {shape.channels, shape.height, shape.width}; }

const char* KindName(LayerKind kind) {
  switch (kind) {
    case LayerKind::kConvolution:
      return "convolution";
    case LayerKind::kMaxPool:
      return "max pool";
    case LayerKind::kAveragePool:
      return "average pool";
    case LayerKind::kGlobalAveragePool:
      return "global average pool";
    case LayerKind::kSum:
      return "sum";
    case LayerKind::kConcatenation:
      return "concatenation";
    case LayerKind::kPaddedShortcut:
      return "padded shortcut";
  }
  return "";
}

Json FieldJson(const ReceptiveField& field) {
  return {{"extent", {field.rows.extent, field.columns.extent}},
          {"jump", {field.rows.jump, field.columns.jump}},
          {"padding", {field.rows.padding, field.columns.padding}}};
}

Json ModelJson(const Summary& summary) {
  const SummaryOptions& options = summary.options;
  const ModelPreset* preset = FindModelPreset(options.model);
  return {{"preset", preset == nullptr ? Json(nullptr) : Json(preset->name)},
          {"line", summary.line},
          {"dataset", options.dataset},
          {"input", ShapeJson(options.input)},
          {"classes", options.classes},
          {"groups", options.options.groups},
          {"order", OrderText(options.options.order)},
          {"dropout", options.options.dropout},
          {"multiply_adds", summary.multiply_adds}};
}

// Whether each layer reads the one before it and no other.
bool IsChain(const Summary& summary) {
  for (std::size_t i = 0; i < summary.layers.size(); ++i) {
    if (summary.layers[i].layer.inputs != std::vector<int>{static_cast<int>(i) - 1}) return false;
  }
  return true;
}

// The names of the layers that it reads; "images".
Json InputsJson(const Summary& summary, const Layer& layer) {
  Json inputs = Json::array();
  for (const int input : layer.inputs) {
    inputs.push_back(input == kImages ? "images" : summary.layers[At(input)].layer.name);
  }
  return inputs;
}

// What a layer of today's lines has stands there as it did; what came later, where it is not the
// usual one.
void AddSizes(const Layer& layer, Json& json) {
  const bool convolves = layer.kind == LayerKind::kConvolution;
  const bool pools = layer.kind == LayerKind::kMaxPool || layer.kind == LayerKind::kAveragePool;
  if (layer.kind == LayerKind::kGlobalAveragePool) {
    json["kernel"] = {layer.input.height, layer.input.width};
  } else if (convolves || pools) {
    json["kernel"] = {layer.kernel, layer.kernel};
  }
  if (convolves || layer.padding > 0) json["padding"] = layer.padding;
  if (convolves) json["bare"] = layer.bare;
  if (layer.stride != (pools ? layer.kernel : 1)) json["stride"] = layer.stride;
  if (layer.channel_groups > 1) json["channel_groups"] = layer.channel_groups;
  if (layer.bias) json["bias"] = true;
  if (!layer.activation.empty()) json["activation"] = layer.activation;
  if (!layer.norm.empty()) json["norm"] = layer.norm;
}

Json LayersJson(const Summary& summary) {
  Json layers = Json::array();
  for (const LayerSummary& each : summary.layers) {
    const Layer& layer = each.layer;
    Json fields = Json::array();
    for (const ReceptiveField& field : each.fields) fields.push_back(FieldJson(field));
    Json json = {{"name", layer.name},
                 {"token", layer.token},
                 {"kind", KindName(layer.kind)},
                 {"input", ShapeJson(layer.input)},
                 {"output", ShapeJson(layer.output)},
                 {"applied", layer.repeat},
                 {"parameters", each.weights},
                 {"multiply_adds", each.multiply_adds},
                 {"receptive_fields", fields}};
    if (!IsChain(summary)) json["inputs"] = InputsJson(summary, layer);
    AddSizes(layer, json);
    layers.push_back(std::move(json));
  }
  return layers;
}

Json PooledJson(const equation::PooledExtents& pooled) {
  return {pooled.images, pooled.channels, pooled.rows, pooled.columns};
}

Json PoolingsJson(const NormSummary& norm) {
  const equation::Equation& equation = norm.method->equation->equation;
  Json poolings = Json::array();
  for (const equation::Pooling& pooling : norm.poolings) {
    Json statistics = Json::array();
    for (const equation::Statistic& statistic : pooling.statistics) {
      statistics.push_back({{"name", NodeText(equation, statistic.node)},
                            {"expression", ExpressionText(equation, statistic.node)},
                            {"statement", equation.statements[statistic.statement].name},
                            {"running", statistic.running}});
    }
    poolings.push_back({{"axes", pooling.pooled.text()},
                        {"pools_over", PoolsOver(pooling.pooled, pooling.kept)},
                        {"statistics", std::move(statistics)}});
  }
  return poolings;
}

Json EquationJson(const NormMethod& method) {
  const equation::Normalizing what = NormalizingOf(method.equation->equation);
  return {{"subtracts_mean", what.subtracts_mean},
          {"divides", what.divides},
          {"value_by_value", !what.has_statistics},
          {"scale_invariant", what.scale_invariant}};
}

// What `pooled` and `values` say is of the statistic with the fewest values.
Json StatisticsJson(const Summary& summary, const NormSummary& norm) {
  Json layers = Json::array();
  for (const NormalizedLayer& each : norm.layers) {
    const equation::PooledExtents* fewest = each.fewest();
    Json all = Json::array();
    for (const equation::PooledExtents& pooled : each.pooled) {
      all.push_back({{"pooled", PooledJson(pooled)}, {"values", pooled.values()}});
    }
    layers.push_back({{"layer", summary.layers[each.layer].layer.name},
                      {"pooled", fewest == nullptr ? Json(nullptr) : PooledJson(*fewest)},
                      {"values", fewest == nullptr ? Json(nullptr) : Json(fewest->values())},
                      {"poolings", std::move(all)},
                      {"parameters", each.parameters},
                      {"buffers", each.buffers}});
  }
  return layers;
}

Json NormJson(const Summary& summary, const NormSummary& norm) {
  const NormMethod& method = *norm.method;
  Json json = {{"name", method.name},
               {"title", method.title},
               {"pytorch", method.pytorch},
               {"pools_over", PoolsOver(method.equation->equation)},
               {"poolings", PoolingsJson(norm)},
               {"equation", EquationJson(method)},
               {"activation", method.is_activation},
               {"refusal", norm.possible() ? Json(nullptr) : Json(norm.refusal)}};
  if (!norm.possible()) return json;
  json["depends_on"] = {{"training", ReachName(ReachOf(method, true))},
                        {"evaluation", ReachName(ReachOf(method, false))}};
  json["program"] = norm.program.empty() ? Json(nullptr) : Json(norm.program);
  json["weights"] = norm.weights.empty() ? Json(nullptr) : Json(norm.weights);
  json["parameters"] = norm.parameters;
  json["parameters_per_call"] = norm.parameters_per_call;
  json["buffers"] = norm.buffers;
  json["statistics"] = StatisticsJson(summary, norm);
  json["training_bytes"] = {{"parameters", norm.training.parameters},
                            {"gradients", norm.training.gradients},
                            {"block_gradients", norm.training.block_gradients},
                            {"activations", norm.training.activations},
                            {"thread_activations", norm.training.thread_activations},
                            {"optimizer", norm.training.optimizer},
                            {"sum", norm.training.sum()}};
  json["torchinfo_bytes"] = {{"input", norm.torchinfo.input},
                             {"forward_backward", norm.torchinfo.forward_backward},
                             {"parameters", norm.torchinfo.parameters},
                             {"sum", norm.torchinfo.sum()}};
  return json;
}

}  // namespace

std::string SummaryJson(const Summary& summary, const std::string& version) {
  Json norms = Json::array(), warnings = Json::array();
  for (const NormSummary& norm : summary.norms) norms.push_back(NormJson(summary, norm));
  for (const SummaryWarning& warning : summary.warnings) {
    warnings.push_back(
        {{"normalization", warning.norm.empty() ? Json(nullptr) : Json(warning.norm)},
         {"text", warning.text}});
  }
  const Json json = {{"schema", 1},
                     {"normlab", version},
                     {"model", ModelJson(summary)},
                     {"batch", summary.options.batch},
                     {"optimizer", summary.options.optimizer},
                     {"layers", LayersJson(summary)},
                     {"normalizations", norms},
                     {"warnings", warnings}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace normlab
