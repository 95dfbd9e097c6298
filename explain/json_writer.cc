#include "explain/json_writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json Nested(const std::vector<int>& extents, std::size_t depth, const std::vector<T>& values,
            std::size_t& next) {
  Json array = Json::array();
  for (int i = 0; i < extents[depth]; ++i) {
    if (depth + 1 < extents.size()) {
      array.push_back(Nested(extents, depth + 1, values, next));
    } else {
      array.push_back(next < values.size() ? Json(values[next]) : Json(nullptr));
      ++next;
    }
  }
  return array;
}

// Null where there are no values at all; null for each that is missing at the end.
template <typename T>
Json Array(const std::vector<int>& extents, const std::vector<T>& values) {
  if (values.empty()) return nullptr;
  std::size_t next = 0;
  return Nested(extents, 0, values, next);
}

struct Extents {
  explicit Extents(const WorkedExample& example)
      : x(InputExtents(example.input)),
        affine(AffineExtents(*example.input.method, example.input.shape)),
        channels{example.input.shape.channels} {
    const StatisticShape& shape = example.statistic_shape;
    statistics = {shape.images, shape.channels, shape.height, shape.width};
  }
  std::vector<int> x, affine, channels, statistics;
};

Json InputsJson(const ExampleInput& input, const Extents& extents) {
  Json json = {{"x", Array(extents.x, input.x)}};
  if (!input.gamma.empty()) json["gamma"] = Array(extents.affine, input.gamma);
  if (!input.beta.empty()) json["beta"] = Array(extents.affine, input.beta);
  if (!input.running_mean.empty()) {
    json["running_mean"] = Array(extents.channels, input.running_mean);
    json["running_var"] = Array(extents.channels, input.running_var);
  }
  json["momentum"] = input.momentum;
  json["eps"] = input.eps;
  json["dy"] = Array(extents.x, input.dy);
  return json;
}

Json NumericJson(const WorkedExample& example, const Extents& extents) {
  const NumericGradient& numeric = example.numeric;
  return {{"dx", Array(extents.x, numeric.dx)},
          {"dgamma", Array(extents.affine, numeric.dgamma)},
          {"dbeta", Array(extents.affine, numeric.dbeta)},
          {"largest_difference", NumericDifference(example)}};
}

}  // namespace

Json ExampleJson(const WorkedExample& example) {
  const ExampleInput& input = example.input;
  const NormMethod& method = *input.method;
  const Extents extents(example);
  Json json = {{"schema", 1},
               {"norm", method.name},
               {"title", method.title},
               {"pytorch", method.pytorch},
               {"source", method.source},
               {"mode", input.training ? "train" : "eval"},
               {"groups", nullptr},
               {"shape", extents.x},
               {"values_per_statistic", example.values_per_statistic}};
  if (method.pools_channels == PooledChannels::kGroup) json["groups"] = input.groups;
  json["inputs"] = InputsJson(input, extents);
  json["statistic_of"] = Array(extents.x, example.statistic_of);
  const auto statistics = [&](const std::vector<double>& values) {
    return Array(extents.statistics, values);
  };
  json["mean"] = method.centered ? statistics(example.mean) : Json(nullptr);
  json["var"] = statistics(example.var);
  json["deviation"] = statistics(example.deviation);
  json["mean_of_x"] = method.centered ? statistics(example.mean_of_x) : Json(nullptr);
  json["var_of_x"] = statistics(example.var_of_x);
  json["unbiased_var_of_x"] = statistics(example.unbiased_var_of_x);
  json["normalized"] = Array(extents.x, example.normalized);
  json["y"] = Array(extents.x, example.y);
  json["running_mean"] = Array(extents.channels, example.running_mean);
  json["running_var"] = Array(extents.channels, example.running_var);
  json["dx"] = Array(extents.x, example.dx);
  json["dgamma"] = Array(extents.affine, example.dgamma);
  json["dbeta"] = Array(extents.affine, example.dbeta);
  json["numeric"] = NumericJson(example, extents);
  return json;
}

std::string JsonDocument(const Json& json) {
  std::string text = "{";
  const char* between = "\n";
  for (const auto& [key, value] : json.items()) {
    text += fmt::format("{}  {}: {}", between, Json(key).dump(), value.dump());
    between = ",\n";
  }
  return text + "\n}\n";
}

}  // namespace normlab
