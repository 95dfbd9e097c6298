#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "explain/comparison.h"
#include "explain/json_writer.h"
#include "explain/sentences.h"
#include "explain/text_grid.h"
#include "explain/text_writer.h"

namespace normlab {
namespace {

constexpr std::size_t kShownCells = 4;

std::string CountLine(const NormComparison& comparison) {
  const std::size_t all = comparison.a.y.size(), differing = comparison.differing.size();
  const std::string_view a = comparison.a.input.method->name, b = comparison.b.input.method->name;
  if (differing == 0) return fmt::format("{} and {} agree in all {} values of y.", a, b, all);
  return fmt::format("{} and {} differ in {} of {} values of y.", a, b, differing, all);
}

// What one method did with a value, and who had a say in it.
std::string WhyHere(const WorkedExample& example, std::size_t e) {
  if (!example.input.method->has_statistics) return "has no statistics";
  const auto s = static_cast<std::size_t>(example.statistic_of[e]);
  const char* what = example.input.method->centered ? "mean" : "no mean, mean(x^2)";
  const double number = example.input.method->centered ? example.mean[s] : example.var[s];
  return fmt::format("shares {} with {} ({} values): {} {}, deviation {}", StatisticLetter(s),
                     StatisticCells(example, s), example.values_per_statistic, what,
                     NumberText(number), NumberText(example.deviation[s]));
}

std::vector<std::string> CellLines(const NormComparison& comparison, std::size_t e) {
  const ExampleInput& input = comparison.a.input;
  std::vector<std::string> lines = {
      fmt::format("{}  x = {}", PlaceText(input, e), NumberText(input.x[e]))};
  for (const WorkedExample* example : {&comparison.a, &comparison.b}) {
    lines.push_back(fmt::format("  {:<18} y = {:<10} {}", example->input.method->name,
                                NumberText(example->y[e]), WhyHere(*example, e)));
  }
  return lines;
}

std::vector<std::size_t> Shown(const NormComparison& comparison) {
  const auto& differing = comparison.differing;
  return {differing.begin(),
          differing.begin() + static_cast<std::ptrdiff_t>(std::min(differing.size(), kShownCells))};
}

std::string FirstTitle(const NormComparison& comparison) {
  const std::size_t shown = Shown(comparison).size();
  return shown == 1 ? "The value in which they part"
                    : fmt::format("The first {} values in which they part", shown);
}

}  // namespace

std::string ComparisonText(const NormComparison& comparison, bool color) {
  std::string text;
  for (const WorkedExample* example : {&comparison.a, &comparison.b}) {
    const Window window = PrintedWindow(*example);
    text += TitleText(*example) + "\n";
    for (const std::string& note : {ModeNote(*example), WindowNote(*example, window)}) {
      if (!note.empty()) text += Wrapped(note, 100);
    }
    text += "\n  x\n" + TextGrid(*example, example->input.x, window, {true, color});
    text += "\n  y\n" + TextGrid(*example, example->y, window, {true, color}) + "\n";
  }
  text += CountLine(comparison) + "\n";
  if (!comparison.reason.empty()) return text + Wrapped(comparison.reason, 100);
  text += "\n" + FirstTitle(comparison) + "\n";
  for (const std::size_t e : Shown(comparison)) {
    for (const std::string& line : CellLines(comparison, e)) text += "  " + line + "\n";
  }
  return text;
}

std::string ComparisonMarkdown(const NormComparison& comparison) {
  const WorkedExample &a = comparison.a, &b = comparison.b;
  std::string text = fmt::format("## {} and {}\n\n", a.input.method->title, b.input.method->title);
  for (const WorkedExample* example : {&a, &b}) {
    text += fmt::format("- {}: pools over {}\n", TitleText(*example),
                        example->input.method->pools_over);
  }
  text += "\n" + CountLine(comparison) + "\n\n";
  if (!comparison.reason.empty()) return text + comparison.reason + "\n";
  text += fmt::format(
      "{}:\n\n| place | x | y, {} | why | y, {} | why |\n|---|---:|---:|---|---:|---|\n",
      FirstTitle(comparison), a.input.method->name, b.input.method->name);
  for (const std::size_t e : Shown(comparison)) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", PlaceText(a.input, e),
                        NumberText(a.input.x[e]), NumberText(a.y[e]), WhyHere(a, e),
                        NumberText(b.y[e]), WhyHere(b, e));
  }
  return text;
}

nlohmann::ordered_json ComparisonJson(const NormComparison& comparison) {
  using Json = nlohmann::ordered_json;
  Json differing = Json::array();
  for (const std::size_t e : comparison.differing) {
    const Shape shape = comparison.a.input.shape;
    const std::size_t element = e % shape.size(), pixel = element % shape.pixels();
    const auto width = static_cast<std::size_t>(shape.width);
    differing.push_back({e / shape.size(), element / shape.pixels(), pixel / width, pixel % width});
  }
  return {{"schema", 1},
          {"compare", {comparison.a.input.method->name, comparison.b.input.method->name}},
          {"tolerance", kSameOutput},
          {"values", comparison.a.y.size()},
          {"differing", differing},
          {"reason", comparison.reason},
          {"a", ExampleJson(comparison.a)},
          {"b", ExampleJson(comparison.b)}};
}

}  // namespace normlab
