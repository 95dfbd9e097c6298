#include "explain/sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace normlab {
namespace {

constexpr std::size_t kMostTerms = 16;

// "3 - 1 + 2 + ... (20 values)"
std::string SumText(const std::vector<double>& values) {
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), kMostTerms); ++i) {
    if (i == 0) {
      text = NumberText(values[i]);
    } else {
      const bool negative = std::signbit(values[i]) && values[i] != 0;
      text += (negative ? " - " : " + ") + NumberText(std::abs(values[i]));
    }
  }
  if (values.size() > kMostTerms) text += fmt::format(" + ... ({} terms)", values.size());
  return text;
}

std::string ListText(const std::vector<double>& values) {
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), kMostTerms); ++i) {
    text += (i == 0 ? "" : "  ") + NumberText(values[i]);
  }
  return values.size() > kMostTerms ? text + "  ..." : text;
}

// In parentheses where a minus would follow an operator.
std::string Operand(double value) {
  const std::string text = NumberText(value);
  return text.front() == '-' ? "(" + text + ")" : text;
}

double Sum(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// mean_S(g) and mean_S(g xh) of the statistic that value e enters.
struct GradientMeans {
  double g = 0, g_normalized = 0;
};
GradientMeans MeansOfGradient(const WorkedExample& example, std::size_t e) {
  const ExampleInput& input = example.input;
  const auto count = static_cast<double>(example.values_per_statistic);
  GradientMeans means;
  for (std::size_t i = 0; i < input.x.size(); ++i) {
    if (example.statistic_of[i] != example.statistic_of[e]) continue;
    const double g = input.gamma[AffineIndex(input, i)] * input.dy[i];
    means.g += g / count;
    means.g_normalized += g * example.normalized[i] / count;
  }
  return means;
}

std::vector<std::string> MomentLines(const WorkedExample& example, std::size_t s) {
  const NormMethod& method = *example.input.method;
  const std::vector<double> values = StatisticValues(example, s);
  const double mean = example.mean_of_x[s], variance = example.var_of_x[s];
  const auto m = static_cast<double>(values.size());
  std::vector<double> distances, squares;
  for (const double value : values) {
    distances.push_back(value - mean);
    squares.push_back(distances.back() * distances.back());
  }
  std::vector<std::string> lines = {"values    " + ListText(values)};
  if (method.centered) {
    lines.push_back(fmt::format("mean      ({}) / {} = {} / {} = {}", SumText(values), m,
                                NumberText(Sum(values)), m, NumberText(mean)));
    lines.push_back("x - mean  " + ListText(distances));
  }
  lines.push_back(fmt::format("{} ({}) / {} = {} / {} = {}",
                              method.centered ? "var      " : "mean(x^2)", SumText(squares), m,
                              NumberText(Sum(squares)), m, NumberText(variance)));
  if (!example.unbiased_var_of_x.empty()) {
    lines.push_back(fmt::format("unbiased  {} / ({} - 1) = {}", NumberText(Sum(squares)), m,
                                NumberText(example.unbiased_var_of_x[s])));
  }
  return lines;
}

}  // namespace

std::string NumberText(double value, int digits) {
  return fmt::format("{:.{}g}", value == 0 ? 0.0 : value, digits);
}

std::string PlaceText(const ExampleInput& input, std::size_t e) {
  const std::size_t element = e % input.shape.size(), pixels = input.shape.pixels();
  const auto width = static_cast<std::size_t>(input.shape.width);
  return fmt::format("[{},{},{},{}]", e / input.shape.size(), element / pixels,
                     element % pixels / width, element % width);
}

std::string ParameterPlace(const ExampleInput& input, std::size_t p) {
  if (input.method->affine == AffineKind::kPerChannel) return fmt::format("[{}]", p);
  const std::size_t pixels = input.shape.pixels();
  const auto width = static_cast<std::size_t>(input.shape.width);
  return fmt::format("[{},{},{}]", p / pixels, p % pixels / width, p % width);
}

std::string PooledText(const WorkedExample& example) {
  const std::size_t values = example.values_per_statistic, statistics = example.statistics();
  return fmt::format(
      "{}: {} value{} in {}", example.input.method->pools_over, values, values == 1 ? "" : "s",
      statistics == 1 ? "its one statistic" : fmt::format("each of {} statistics", statistics));
}

std::string TitleText(const WorkedExample& example) {
  const ExampleInput& input = example.input;
  const bool grouped = input.method->pools_channels == PooledChannels::kGroup;
  return fmt::format("{}{} on x of {} (images, channels, rows, columns), {}", input.method->title,
                     grouped ? fmt::format(" with G = {}", input.groups) : "",
                     ExtentsText(InputExtents(input)),
                     input.training ? "in training" : "in evaluation");
}

std::string ModeNote(const WorkedExample& example) {
  const ExampleInput& input = example.input;
  if (input.training) return "";
  if (!input.uses_running()) {
    return fmt::format("Evaluation is the same as training: {} keeps no running statistics.",
                       input.method->name);
  }
  return "In evaluation the running statistics normalize; those of x are shown beside them and not "
         "used, and the running ones stay as they are.";
}

std::vector<std::string> StatisticLines(const WorkedExample& example, std::size_t s) {
  const ExampleInput& input = example.input;
  std::vector<std::string> lines = MomentLines(example, s);
  const std::string eps = NumberText(input.eps);
  if (input.uses_running()) {
    lines.push_back(fmt::format("running   mean {}, var {}: these normalize",
                                NumberText(example.mean[s]), NumberText(example.var[s])));
  }
  lines.push_back(fmt::format("deviation sqrt({} + {}) = {}", NumberText(example.var[s]), eps,
                              NumberText(example.deviation[s])));
  return lines;
}

std::string OutputLine(const WorkedExample& example, std::size_t e) {
  const ExampleInput& input = example.input;
  const std::string place = PlaceText(input, e);
  if (!input.method->has_statistics) {
    return fmt::format("y{0} = x{0} = {1}", place, NumberText(example.y[e]));
  }
  const auto s = static_cast<std::size_t>(example.statistic_of[e]);
  const std::size_t p = AffineIndex(input, e);
  const std::string parameter = ParameterPlace(input, p), letter = StatisticLetter(s);
  const bool centered = input.method->centered;
  std::string symbols = fmt::format(
      "gamma{} * {} / deviation({})", parameter,
      centered ? fmt::format("(x{} - mean({}))", place, letter) : fmt::format("x{}", place),
      letter);
  std::string numbers = fmt::format(
      "{} * {} / {}", NumberText(input.gamma[p]),
      centered ? fmt::format("({} - {})", NumberText(input.x[e]), Operand(example.mean[s]))
               : Operand(input.x[e]),
      NumberText(example.deviation[s]));
  if (input.method->has_bias) {
    symbols += fmt::format(" + beta{}", parameter);
    numbers += " + " + Operand(input.beta[p]);
  }
  return fmt::format("y{} = {} = {} = {}", place, symbols, numbers, NumberText(example.y[e]));
}

std::string InputGradientLine(const WorkedExample& example, std::size_t e) {
  const ExampleInput& input = example.input;
  const std::string place = PlaceText(input, e), result = NumberText(example.dx[e]);
  if (!input.method->has_statistics) return fmt::format("dx{0} = dy{0} = {1}", place, result);
  const auto s = static_cast<std::size_t>(example.statistic_of[e]);
  const double gamma = input.gamma[AffineIndex(input, e)];
  const std::string g = fmt::format("{} * {}", NumberText(gamma), Operand(input.dy[e]));
  const std::string deviation = NumberText(example.deviation[s]);
  if (input.uses_running()) {
    return fmt::format("dx{} = g / deviation = {} / {} = {}", place, g, deviation, result);
  }
  const GradientMeans means = MeansOfGradient(example, e);
  const bool centered = input.method->centered;
  return fmt::format("dx{} = (g{} - xh mean_S(g xh)) / deviation = ({}{} - {} * {}) / {} = {}",
                     place, centered ? " - mean_S(g)" : "", g,
                     centered ? " - " + Operand(means.g) : "", Operand(example.normalized[e]),
                     Operand(means.g_normalized), deviation, result);
}

std::vector<std::string> AffineGradientLines(const WorkedExample& example) {
  const ExampleInput& input = example.input;
  if (input.gamma.empty()) return {};
  std::vector<double> products, gradients;
  for (std::size_t e = 0; e < input.x.size(); ++e) {
    if (AffineIndex(input, e) != 0) continue;
    products.push_back(input.dy[e] * example.normalized[e]);
    gradients.push_back(input.dy[e]);
  }
  const std::string place = ParameterPlace(input, 0);
  std::vector<std::string> lines = {fmt::format("dgamma{} = sum of dy xh = {} = {}", place,
                                                SumText(products), NumberText(example.dgamma[0]))};
  if (input.method->has_bias) {
    lines.push_back(fmt::format("dbeta{} = sum of dy = {} = {}", place, SumText(gradients),
                                NumberText(example.dbeta[0])));
  }
  return lines;
}

std::vector<std::string> RunningLines(const WorkedExample& example, std::size_t c) {
  const ExampleInput& input = example.input;
  const std::string momentum = NumberText(input.momentum);
  const auto update = [&](const char* name, double before, double value, double after) {
    return fmt::format("{}[{}] = (1 - {}) * {} + {} * {} = {}", name, c, momentum, Operand(before),
                       momentum, Operand(value), NumberText(after));
  };
  return {
      update("running_mean", input.running_mean[c], example.mean_of_x[c], example.running_mean[c]),
      update("running_var", input.running_var[c], example.unbiased_var_of_x[c],
             example.running_var[c])};
}

std::string NumericLine(const WorkedExample& example) {
  const NumericGradient& numeric = example.numeric;
  const std::size_t checked = numeric.dx.size() + numeric.dgamma.size() + numeric.dbeta.size();
  const std::size_t all = example.dx.size() + example.dgamma.size() + example.dbeta.size();
  return fmt::format(
      "Largest difference between the formulas and central differences: {:.1e}, over {}{} "
      "gradients "
      "(relative where the largest exceeds 1).",
      NumericDifference(example),
      checked == all ? "all " : fmt::format("the first {} of ", checked), all);
}

}  // namespace normlab
