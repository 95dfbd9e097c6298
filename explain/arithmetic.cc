#include "explain/arithmetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "norm/equation/pooling.h"
#include "norm/equation/source_text.h"

namespace normlab {
namespace {

using equation::Equation;
using equation::Node;
using equation::Reduction;

constexpr std::size_t kMostTerms = 16;

std::string Operand(double value) {
  const std::string text = NumberText(value);
  return text.starts_with('-') ? "(" + text + ")" : text;
}

// "1 - 3 + 2", of many the first.
std::string SumText(const Doubles& values) {
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), kMostTerms); ++i) {
    const std::string term = NumberText(values[i]);
    if (i == 0) {
      text = term;
    } else {
      text += term.starts_with('-') ? " - " + term.substr(1) : " + " + term;
    }
  }
  if (values.size() > kMostTerms) text += fmt::format(" + ... ({} terms)", values.size());
  return text;
}

std::string ListText(const Doubles& values) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(values.size(), kMostTerms); ++i) {
    words.push_back(NumberText(values[i]));
  }
  if (values.size() > kMostTerms) words.push_back(fmt::format("... ({} values)", values.size()));
  return Join(words);
}

double Sum(const Doubles& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

// The formula of a node at one place: with the names of what it reads, and with the numbers.
struct Written {
  std::string symbols, numbers;
};

Written WrittenAt(const WorkedExample& example, std::size_t node, std::size_t index) {
  const Equation& equation = example.input.equation();
  const equation::Extents& extents = example.input.extents;
  Written written;
  const std::vector<equation::FormulaPiece> pieces = FormulaOf(equation, node);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].node) {
      written.symbols += pieces[i].text;
      written.numbers += pieces[i].text;
      continue;
    }
    const Axes axes = equation.nodes[*pieces[i].node].axes;
    const std::size_t at = Beside(extents, equation.nodes[node].axes, axes)[index];
    const bool spelled = *pieces[i].node == node && axes.empty();  // "ramp(1, 3, 0, 10)"
    written.symbols += spelled
                           ? equation::ExpressionText(equation, node)
                           : SymbolText(equation, *pieces[i].node) + PlaceText(extents, axes, at);
    const double value = example.node_values[*pieces[i].node][at];
    const std::string before = i == 0 ? "(" : pieces[i - 1].text;
    const bool joins = before.find_last_of("+-*/^") == before.find_last_not_of(' ') ||
                       (i + 1 < pieces.size() && pieces[i + 1].text.starts_with('^'));
    written.numbers += joins ? Operand(value) : NumberText(value);
  }
  return written;
}

std::vector<std::string> SumLines(const WorkedExample& example, const WorkedStep& step,
                                  std::size_t index, const std::string& name) {
  const Node& node = example.node(step);
  const std::size_t of = node.arguments[0];
  const std::vector<std::size_t> enters = example.enters(step);
  Doubles values;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < enters.size(); ++i) {
    if (enters[i] != index) continue;
    if (values.empty() && FormulaOf(example.input.equation(), of).size() > 1) {
      const Written first = WrittenAt(example, of, i);
      lines.push_back(fmt::format("{} = {} = {}, and so on", first.symbols, first.numbers,
                                  NumberText(example.pooled(step)[i])));
    }
    values.push_back(example.pooled(step)[i]);
  }
  const std::string result = NumberText(step.values[index]);
  const std::size_t count = values.size();
  const auto mean = [&](const Doubles& terms) {
    return fmt::format("({}) / {} = {} / {}", SumText(terms), count, NumberText(Sum(terms)), count);
  };
  switch (node.reduction) {
    case Reduction::kAvg:
      lines.push_back(fmt::format("{} = {} = {}", name, mean(values), result));
      break;
    case Reduction::kSum:
      lines.push_back(fmt::format("{} = {} = {}", name, SumText(values), result));
      break;
    case Reduction::kVar: {
      const double center = Sum(values) / static_cast<double>(count);
      lines.push_back(fmt::format("squared distances from the mean, {} = {}:", mean(values),
                                  NumberText(center)));
      for (double& value : values) value = (value - center) * (value - center);
      lines.push_back(fmt::format("{} = {} = {}", name, mean(values), result));
      break;
    }
    case Reduction::kNorm: {
      for (double& value : values) value *= value;
      lines.push_back(fmt::format("{} = sqrt({}) = sqrt({}) = {}", name, SumText(values),
                                  NumberText(Sum(values)), result));
      break;
    }
    default:
      lines.push_back(fmt::format("{} = {}({}) = {}", name,
                                  node.reduction == Reduction::kMax ? "max" : "min",
                                  ListText(values), result));
  }
  return lines;
}

}  // namespace

std::string NumberText(double value, int digits) {
  if (std::isnan(value)) return "nan";
  return fmt::format("{:.{}g}", value == 0 ? 0.0 : value, digits);
}

std::string StatisticLetter(std::size_t statistic) {
  std::string letters;
  for (std::size_t left = statistic + 1; left > 0; left = (left - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (left - 1) % 26));
  }
  return letters;
}

std::vector<std::string> ArithmeticLines(const WorkedExample& example, const WorkedStep& step,
                                         std::size_t index) {
  const std::string place = PlaceText(example.input.extents, step.axes, index);
  const std::string name = step.name + place, result = NumberText(step.values[index]);
  if (step.from_running) {
    const Axes kept = example.input.state_axes(*step.statement);
    const std::size_t at = Beside(example.input.extents, step.axes, kept)[index];
    return {fmt::format("{} = {}{} = {}", name, example.input.state(*step.statement),
                        PlaceText(example.input.extents, kept, at), result)};
  }
  if (step.reduces) return SumLines(example, step, index, name);
  const Written written = WrittenAt(example, step.node, index);
  if (written.numbers == result)
    return {fmt::format("{} = {} = {}", name, written.symbols, result)};
  return {fmt::format("{} = {} = {} = {}", name, written.symbols, written.numbers, result)};
}

std::string PooledText(const WorkedExample& example, const WorkedStep& step) {
  const std::vector<std::size_t> counts = example.counts(step);
  const auto [least, most] = std::ranges::minmax(counts);
  const Node& node = example.node(step);
  const std::string over = equation::PoolsOver(node.pooled, step.axes, example.input.extents);
  const std::string each =
      least == most ? fmt::format("{}", most) : fmt::format("{} to {}", least, most);
  return fmt::format("pools {}: {} value{} in {}", over, each, most == 1 ? "" : "s",
                     counts.size() == 1 ? "the one statistic"
                                        : fmt::format("each of {} statistics", counts.size()));
}

std::string RunningLine(const WorkedExample& example, std::size_t statement, std::size_t index) {
  const ExampleInput& input = example.input;
  const std::string momentum = NumberText(input.constants.momentum);
  return fmt::format("{}{} = (1 - {}) * {} + {} * {} = {}", input.state(statement),
                     PlaceText(input.extents, input.state_axes(statement), index), momentum,
                     Operand(input.running[statement][index]), momentum,
                     Operand(example.observed[statement][index]),
                     NumberText(example.running[statement][index]));
}

std::string GradientLine(const WorkedExample& example, const WorkedGradient& gradient,
                         const std::string& name, std::size_t index) {
  std::string sum;
  for (const WorkedGradient::Part& part : gradient.parts) {
    const std::string term = NumberText(part.values[index]);
    const bool negative = !sum.empty() && term.starts_with('-');
    if (!sum.empty()) sum += negative ? " - " : " + ";
    sum += fmt::format("{} (through {})", negative ? term.substr(1) : term,
                       example.steps[part.step].name);
  }
  if (gradient.parts.empty()) return fmt::format("{} = 0: y does not depend on it", name);
  if (gradient.parts.size() == 1) return fmt::format("{} = {}", name, sum);
  return fmt::format("{} = {} = {}", name, sum, NumberText(gradient.values[index]));
}

std::string CheckLine(const WorkedExample& example) {
  const std::string largest = example.largest_difference < 1e-12
                                  ? "below 1e-12"
                                  : fmt::format("{:.1e}", example.largest_difference);
  std::string line = fmt::format(
      "Largest difference between backward and the complex step: {}, over {} gradients (relative "
      "where the largest exceeds 1).",
      largest, example.checked);
  if (example.kinks > 0) {
    line += fmt::format(
        " Left out: {} at a kink (max, min, abs, relu, clip), where both sides have a slope of "
        "their own and backward takes one between them.",
        example.kinks);
  }
  return line;
}

}  // namespace normlab
