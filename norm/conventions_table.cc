#include "norm/conventions_table.h"

#include <fmt/format.h>

#include "base/text.h"
#include "norm/equation/source_text.h"
#include "norm/equation/statistics.h"
#include "norm/norm.h"

namespace normlab {
namespace {

// "`m = avg[N H W](x)`"; within another expression "`avg[C](g)`".
std::string StatisticText(const equation::Equation& equation, std::size_t node) {
  const std::string expression = ExpressionText(equation, node), name = NodeText(equation, node);
  return name == expression ? fmt::format("`{}`", name)
                            : fmt::format("`{} = {}`", name, expression);
}

std::string StatisticsText(const equation::Equation& equation) {
  std::vector<std::string> poolings;
  for (const equation::Pooling& pooling : PoolingsOf(equation)) {
    std::vector<std::string> statistics;
    for (const equation::Statistic& statistic : pooling.statistics) {
      statistics.push_back(StatisticText(equation, statistic.node));
    }
    poolings.push_back(
        fmt::format("{}: {}", Join(statistics), PoolsOver(pooling.pooled, pooling.kept)));
  }
  return poolings.empty() ? "-" : Join(poolings, "; ");
}

// "weight[C], bias[C], alpha[] from 0.5"
std::string LearnedText(const equation::Method& method) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < method.learned.size(); ++i) {
    const equation::Learned& learned = method.equation.learned[i];
    const double usual = learned.name == "weight" ? 1 : 0;
    values.push_back(fmt::format("{}[{}]", learned.name, learned.axes.text()));
    if (method.learned[i].initial != usual) {
      values.back() += fmt::format(" from {}", method.learned[i].initial);
    }
  }
  return values.empty() ? "-" : Join(values);
}

// "running_mean, running_var over n - 1"
std::string RunningText(const equation::Method& method) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < method.states.size(); ++i) {
    const auto& running = method.equation.statements[i].running;
    if (!running) continue;
    values.push_back(method.states[i] + (running->unbiased ? " over n - 1" : ""));
  }
  return values.empty() ? "-" : Join(values);
}

std::string CodeText(std::string_view text) {
  return text.empty() ? "-" : fmt::format("`{}`", text);
}

}  // namespace

std::string NormalizationsMarkdown() {
  std::string text =
      "| norm | statistics, and what each pools over | learns | running values | activation | "
      "PyTorch | source |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const NormMethod& method : NormMethods()) {
    const equation::Method& file = *method.equation;
    text += fmt::format("| `{}`{} | {} | {} | {} | {} | {} | {} |\n", method.name,
                        file.weights.empty() ? "" : fmt::format(" with `{}`", file.weights),
                        StatisticsText(file.equation), LearnedText(file), RunningText(file),
                        file.is_activation ? "yes" : "-", CodeText(method.pytorch),
                        method.source.empty() ? "-" : method.source);
  }
  return text;
}

}  // namespace normlab
