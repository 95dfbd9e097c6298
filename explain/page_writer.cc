#include "explain/page_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/html.h"
#include "explain/arithmetic.h"
#include "explain/page_files.h"
#include "explain/values_file.h"
#include "norm/equation/pooling.h"
#include "norm/equation/source_text.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;
using equation::Equation;
using equation::Node;

std::string AxisLetters(Axes axes) {
  std::string letters;
  for (const char* letter : {"B", "M", "G", "K", "H", "W"}) {
    if (axes.Has(Axes::Named(letter))) letters += letter;
  }
  return letters;
}

std::string_view FunctionName(const Node& node) {
  if (node.kind == Node::Kind::kReduction) {
    return std::ranges::find(equation::Reductions(), node.reduction,
                             &equation::ReductionWords::reduction)
        ->name;
  }
  constexpr std::string_view kSigns[] = {"negate", "+", "-", "*", "/", "^"};
  const auto sign = static_cast<std::size_t>(node.function);
  if (sign < std::size(kSigns)) return kSigns[sign];
  return std::ranges::find(equation::Functions(), node.function, &equation::FunctionWords::function)
      ->name;
}

Json FormulaJson(const Equation& equation, std::size_t node) {
  Json formula = Json::array();
  for (const equation::FormulaPiece& piece : FormulaOf(equation, node)) {
    formula.push_back(piece.node ? Json(*piece.node) : Json(piece.text));
  }
  return formula;
}

Json NodeJson(const Equation& equation, std::size_t i) {
  constexpr const char* kKinds[] = {"number",  "key",     "ramp",     "input",
                                    "learned", "running", "function", "reduction"};
  const Node& node = equation.nodes[i];
  Json json = {{"kind", kKinds[static_cast<int>(node.kind)]},
               {"axes", AxisLetters(node.axes)},
               {"name", SymbolText(equation, i)},
               {"formula", FormulaJson(equation, i)}};
  if (node.kind == Node::Kind::kNumber) json["number"] = node.number;
  if (node.kind == Node::Kind::kKey) json["key"] = equation::KeyName(node.key);
  if (node.kind == Node::Kind::kRamp) json["ramp"] = node.ramp;
  if (node.arguments.empty()) {
    json["index"] = node.index;
    return json;
  }
  json["arguments"] = node.arguments;
  json["f"] = FunctionName(node);
  if (!node.pooled.empty()) json["pools"] = equation::PoolsOver(node.pooled, node.axes);
  return json;
}

Json StepsJson(const Equation& equation) {
  Json steps = Json::array();
  for (const WorkedStep& step : StepsOf(equation)) {
    steps.push_back({{"node", step.node}, {"name", step.name}, {"text", step.text}});
  }
  return steps;
}

// Null where the method refuses these numbers; the page says why itself.
Json TwinJson(const ExampleInput& input) {
  try {
    const WorkedExample example = Work(input);
    Doubles learned, running;
    for (const WorkedGradient& each : example.learned_gradients) {
      learned.insert(learned.end(), each.values.begin(), each.values.end());
    }
    for (const Doubles& each : example.running) {
      running.insert(running.end(), each.begin(), each.end());
    }
    return {{"y", example.y()},
            {"dx", example.x_gradient.values},
            {"learned", learned},
            {"running", running}};
  } catch (const UsageError&) {
    return nullptr;
  }
}

}  // namespace

Json PageMethodJson(const ExampleInput& input) {
  const NormMethod& method = *input.method;
  const Equation& equation = input.equation();
  std::string about;
  if (!method.source.empty()) about += fmt::format("Source: {}. ", method.source);
  if (!method.pytorch.empty()) about += fmt::format("PyTorch: {}. ", method.pytorch);
  Json json = {
      {"name", method.name},
      {"title", method.title},
      {"about", about + method.equation->notes},
      {"command", method.place == 0 ? "./mine.toml" : std::string(method.name)},
      {"equation", equation.text},
      {"divides", {{"groups", DividesChannels(equation)}, {"ghost", DividesImages(equation)}}},
      {"nodes", Json::array()},
      {"steps", StepsJson(equation)},
      {"learned", Json::array()},
      {"running", Json::array()},
      {"engine", TwinJson(input)}};
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    json["nodes"].push_back(NodeJson(equation, i));
  }
  for (std::size_t i = 0; i < equation.learned.size(); ++i) {
    const auto& [name, axes, offset] = equation.learned[i];
    json["learned"].push_back({{"name", name},
                               {"key", LearnedKey(name)},
                               {"axes", AxisLetters(axes)},
                               {"values", input.learned[i]}});
  }
  for (std::size_t i = 0; i < equation.statements.size(); ++i) {
    const equation::Statement& statement = equation.statements[i];
    if (!statement.running) continue;
    json["running"].push_back({{"statement", i},
                               {"node", statement.node},
                               {"state", input.state(i)},
                               {"key", input.state(i)},
                               {"unbiased", statement.running->unbiased},
                               {"axes", AxisLetters(input.state_axes(i))},
                               {"values", input.running[i]}});
  }
  return json;
}

std::string ExamplePageData(const WorkedExample& example, const NormMethod* beside) {
  ExampleInput input = example.input;
  if (input.x.size() > kMostPageValues) {
    throw UsageError(
        fmt::format("--html: a page shows at most {} values, found {} ({}); --json has no "
                    "such limit",
                    kMostPageValues, input.x.size(), InputExtentsText(input)));
  }
  Json methods = Json::array();
  for (const NormMethod& method : NormMethods()) {
    methods.push_back(PageMethodJson(WithMethod(input, method)));
  }
  for (const NormMethod* own : {input.method, beside}) {
    if (own != nullptr && own->place == 0)
      methods.push_back(PageMethodJson(WithMethod(input, *own)));
  }
  const equation::Constants& constants = input.constants;
  const Json data = {
      {"held",
       {{"norm", input.method->name},
        {"beside", beside == nullptr ? "" : beside->name},
        {"shape", ValueExtents(input.extents, Axes::All())},
        {"groups", input.extents.groups},
        {"ghost", input.extents.ghost == 0 ? input.extents.images : input.extents.ghost},
        {"training", input.training},
        {"eps", constants.eps},
        {"momentum", constants.momentum},
        {"steps", constants.step},
        {"x", input.x},
        {"dy", input.dy}}},
      {"methods", methods}};
  return data.dump();
}

std::string ExamplePage(const WorkedExample& example, const NormMethod* beside) {
  const std::string json = ScriptSafe(ExamplePageData(example, beside));
  const PageFiles& files = ExamplePageFiles();
  const std::string policy = fmt::format(
      "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
      PolicyHash(files.script), PolicyHash(files.style));
  return Filled(files.html, {{"{{policy}}", policy},
                             {"{{title}}", HtmlText(example.input.method->title)},
                             {"{{style}}", files.style},
                             {"{{example}}", files.example},
                             {"{{data}}", json},
                             {"{{script}}", files.script}});
}

}  // namespace normlab
