#include "explain/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "explain/arithmetic.h"
#include "explain/json_writer.h"

namespace normlab {
namespace {

constexpr std::size_t kShownCells = 4;

std::string Named(const ExampleInput& input) {
  std::string name(input.method->name);
  if (DividesChannels(input.equation())) name += fmt::format(" with G = {}", input.extents.groups);
  return name;
}

// Which values of x each reduction pools together; all of x is one map, so that its groups need no
// extents beside it.
std::vector<std::vector<std::size_t>> Poolings(const WorkedExample& example) {
  std::vector<std::vector<std::size_t>> poolings;
  for (const WorkedStep& step : example.steps) {
    if (step.reduces) {
      poolings.push_back(Beside(example.input.extents, Axes::All(), step.axes));
    }
  }
  return poolings;
}

std::string SameReason(const WorkedExample& a, const WorkedExample& b) {
  if (a.input.method == b.input.method) return "Both are the same method.";
  const std::string names = fmt::format("{} and {}", Named(a.input), Named(b.input));
  if (Poolings(a) != Poolings(b)) {
    return names +
           " take different statistics, but on these numbers they come out alike in every value.";
  }
  return fmt::format(
      "On x of {} every statistic of {} holds exactly the values of one statistic of {}, and what "
      "they learn is set alike for all elements of a channel.",
      InputExtentsText(a.input), Named(a.input), Named(b.input));
}

std::string CountLine(const NormComparison& comparison) {
  const std::size_t all = comparison.a.y().size(), differing = comparison.differing.size();
  const std::string_view a = comparison.a.input.method->name, b = comparison.b.input.method->name;
  if (differing == 0) return fmt::format("{} and {} agree in all {} values of y.", a, b, all);
  return fmt::format("{} and {} differ in {} of {} values of y.", a, b, differing, all);
}

// What one method did with a value, and the statistics that had a say in it.
void AddCell(const WorkedExample& example, std::size_t e, std::vector<std::string>& lines) {
  lines.push_back(fmt::format("  {}: {}", example.input.method->name,
                              ArithmeticLines(example, example.steps.back(), e).back()));
  for (const WorkedStep& step : example.steps) {
    if (!step.reduces) continue;
    const std::size_t at = Beside(example.input.extents, Axes::All(), step.axes)[e];
    const std::string letter = step.axes.empty() ? "" : fmt::format(", {}", StatisticLetter(at));
    lines.push_back(fmt::format("    {}{} = {} over {} values ({}{})", step.name,
                                PlaceText(example.input.extents, step.axes, at),
                                NumberText(step.values[at]), example.counts(step)[at],
                                PlaceWords(example.input.extents, step.axes, at), letter));
  }
}

}  // namespace

NormComparison CompareNorms(WorkedExample a, WorkedExample b) {
  NormComparison comparison{std::move(a), std::move(b), {}, {}};
  const Doubles &one = comparison.a.y(), &other = comparison.b.y();
  for (std::size_t e = 0; e < one.size(); ++e) {
    const double scale = std::max({1.0, std::abs(one[e]), std::abs(other[e])});
    if (std::abs(one[e] - other[e]) > kSameOutput * scale) comparison.differing.push_back(e);
  }
  if (comparison.differing.empty()) comparison.reason = SameReason(comparison.a, comparison.b);
  return comparison;
}

Account ComparisonAccount(const NormComparison& comparison) {
  Account account;
  account.Title(
      fmt::format("{} and {}", comparison.a.input.method->title, comparison.b.input.method->title));
  for (const WorkedExample* example : {&comparison.a, &comparison.b}) {
    const ExampleInput& input = example->input;
    account.Heading(TitleText(input));
    std::vector<std::string> lines;
    for (const WorkedStep& step : example->steps) {
      lines.push_back(step.text);
      if (step.reduces) lines.back() += "    " + PooledText(*example, step);
    }
    account.Lines(lines);
    const std::optional<Axes> letters = OnePooling(*example);
    account.Paragraph(letters ? "x, and who shares a statistic:" : "x:");
    account.Grid({input.extents, Axes::All(), input.x, letters});
    account.Paragraph("y:");
    account.Grid({input.extents, Axes::All(), example->y(), letters});
  }
  account.Heading(CountLine(comparison));
  if (!comparison.reason.empty()) {
    account.Paragraph(comparison.reason);
    return account;
  }
  const std::size_t shown = std::min(comparison.differing.size(), kShownCells);
  account.Paragraph(fmt::format("The first {} of them:", shown));
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t e = comparison.differing[i];
    lines.push_back(fmt::format("x{} = {}", PlaceText(comparison.a.input.extents, Axes::All(), e),
                                NumberText(comparison.a.input.x[e])));
    for (const WorkedExample* example : {&comparison.a, &comparison.b}) AddCell(*example, e, lines);
  }
  account.Lines(lines);
  return account;
}

nlohmann::ordered_json ComparisonJson(const NormComparison& comparison) {
  using Json = nlohmann::ordered_json;
  const auto& extents = comparison.a.input.extents;
  Json differing = Json::array();
  for (const std::size_t e : comparison.differing) {
    differing.push_back(Json::parse(PlaceText(extents, Axes::All(), e)));
  }
  return {{"schema", 2},
          {"compare", {comparison.a.input.method->name, comparison.b.input.method->name}},
          {"tolerance", kSameOutput},
          {"values", comparison.a.y().size()},
          {"differing", differing},
          {"reason", comparison.reason},
          {"a", ExampleJson(comparison.a)},
          {"b", ExampleJson(comparison.b)}};
}

}  // namespace normlab
