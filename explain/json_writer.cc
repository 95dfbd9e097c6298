#include "explain/json_writer.h"

#include <fmt/format.h>

#include "explain/arithmetic.h"
#include "explain/values_file.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json Nested(const std::vector<int>& extents, std::size_t depth, const std::vector<T>& values,
            std::size_t& next) {
  if (depth == extents.size()) return next < values.size() ? Json(values[next++]) : Json(nullptr);
  Json array = Json::array();
  for (int i = 0; i < extents[depth]; ++i) {
    array.push_back(Nested(extents, depth + 1, values, next));
  }
  return array;
}

// Null where there are no values at all; null for each that is missing at the end.
template <typename T>
Json Array(const ExampleInput& input, Axes axes, const std::vector<T>& values) {
  if (values.empty()) return nullptr;
  std::size_t next = 0;
  return Nested(ValueExtents(input.extents, axes), 0, values, next);
}

Json InputsJson(const ExampleInput& input) {
  const equation::Equation& equation = input.equation();
  Json json = {{"x", Array(input, Axes::All(), input.x)}};
  for (std::size_t i = 0; i < equation.learned.size(); ++i) {
    json[LearnedKey(equation.learned[i].name)] =
        Array(input, equation.learned[i].axes, input.learned[i]);
  }
  for (std::size_t i = 0; i < equation.statements.size(); ++i) {
    if (!input.running[i].empty()) {
      json[input.state(i)] = Array(input, input.state_axes(i), input.running[i]);
    }
  }
  json["momentum"] = input.constants.momentum;
  json["eps"] = input.constants.eps;
  json["steps"] = input.constants.step;
  json["dy"] = Array(input, Axes::All(), input.dy);
  return json;
}

Json StepJson(const WorkedExample& example, const WorkedStep& step) {
  const ExampleInput& input = example.input;
  Json json = {{"name", step.name},
               {"text", step.text},
               {"axes", step.axes.text()},
               {"values", Array(input, step.axes, step.values)},
               {"gradient", Array(input, step.axes, step.gradient.values)},
               {"pools", nullptr}};
  if (!step.reduces) return json;
  json["pools"] = {
      {"axes", example.node(step).pooled.text()},
      {"words", PooledText(example, step)},
      {"counts", Array(input, step.axes, example.counts(step))},
      {"from_running", step.from_running},
      {"statistic_of", Array(input, Axes::All(), Beside(input.extents, Axes::All(), step.axes))}};
  return json;
}

}  // namespace

Json ExampleJson(const WorkedExample& example) {
  const ExampleInput& input = example.input;
  const NormMethod& method = *input.method;
  const equation::Equation& equation = input.equation();
  Json json = {{"schema", 2},
               {"norm", method.name},
               {"title", method.title},
               {"pytorch", method.pytorch},
               {"source", method.source},
               {"equation", equation.text},
               {"mode", input.training ? "train" : "eval"},
               {"groups", nullptr},
               {"ghost", nullptr},
               {"shape", ValueExtents(input.extents, Axes::All())},
               {"inputs", InputsJson(input)},
               {"steps", Json::array()},
               {"y", Array(input, Axes::All(), example.y())},
               {"running", Json::object()},
               {"gradients", {{"x", Array(input, Axes::All(), example.x_gradient.values)}}},
               {"numeric", {{"x", Array(input, Axes::All(), example.x_gradient.numeric)}}}};
  if (DividesChannels(equation)) json["groups"] = input.extents.groups;
  if (DividesImages(equation)) json["ghost"] = input.extents.ghost;
  for (const WorkedStep& step : example.steps) json["steps"].push_back(StepJson(example, step));
  for (std::size_t i = 0; i < equation.statements.size(); ++i) {
    if (example.running[i].empty()) continue;
    json["running"][input.state(i)] = Array(input, input.state_axes(i), example.running[i]);
  }
  for (std::size_t i = 0; i < equation.learned.size(); ++i) {
    const auto& [name, axes, offset] = equation.learned[i];
    json["gradients"][LearnedKey(name)] = Array(input, axes, example.learned_gradients[i].values);
    json["numeric"][LearnedKey(name)] = Array(input, axes, example.learned_gradients[i].numeric);
  }
  json["largest_difference"] = example.largest_difference;
  json["kinks"] = example.kinks;
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
