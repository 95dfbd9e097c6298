// What an equation is told before it trains, and after it broke.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/printable.h"
#include "norm/equation/normalizing.h"
#include "norm/equation/pooling.h"
#include "norm/equation/source_text.h"
#include "norm/equation/statistics.h"
#include "norm/equation_operation.h"

namespace normlab {
namespace {

using equation::Axes;
using equation::Equation;
using equation::Node;
using equation::Reduction;

// "var[M H W] of statement v"
std::string LineText(const Equation& equation, std::size_t node) {
  return fmt::format("{} of statement {}", ReductionText(equation, equation.nodes[node]),
                     equation.statements[StatementAround(equation, node)].name);
}

// " in a batch of 33, whose last ghost batch has 1 image"; empty where images do not matter.
std::string BatchText(const Node& reduction, const equation::Extents& extents) {
  if (!reduction.pooled.HasAny(Axes::Images())) return "";
  const int last = equation::PooledOf(reduction.pooled, extents).images;
  if (last == extents.images) return fmt::format(" in a batch of {}", extents.images);
  return fmt::format(" in a batch of {}, whose last ghost batch has {}", extents.images, last);
}

// " (of a map of 16x1x1 in a batch of 1)"
std::string MapText(const Node& reduction, const equation::Extents& extents) {
  return fmt::format(" (of a map of {}x{}x{}{})", extents.channels, extents.rows, extents.columns,
                     BatchText(reduction, extents));
}

const char* MoreText(const Node& reduction) {
  return reduction.pooled.HasAny(Axes::Images())
             ? "change batch_size (or ghost) so that no image is left alone, or pool more axes"
             : "pool more axes, or mark the layer bare (!)";
}

bool IsFinite(const auto& values) {
  return std::ranges::all_of(values, [](auto value) { return std::isfinite(value); });
}

template <class T>
std::vector<std::vector<T>> Converted(const std::vector<std::vector<double>>& all) {
  std::vector<std::vector<T>> converted;
  for (const std::vector<double>& values : all)
    converted.emplace_back(values.begin(), values.end());
  return converted;
}

template <class T>
std::string FirstNonFinite(const Equation& equation, const BrokenPass& pass) {
  const equation::Extents extents = ExtentsOf(*pass.attributes, pass.shape, pass.images);
  const std::vector<std::vector<T>> states = Converted<T>(pass.states);
  std::vector<std::vector<T>> running(equation.statements.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < running.size(); ++i) {
    if (equation.statements[i].running) running[i] = states[next++];
  }
  equation::Twin<T> twin(equation, extents, ConstantsOf(*pass.attributes, pass.completed_steps));
  twin.Forward({pass.x.begin(), pass.x.end()}, Converted<T>(pass.parameters), running,
               pass.on_batch);
  for (const equation::Statement& statement : equation.statements) {
    if (IsFinite(twin.value(statement.node))) continue;
    return fmt::format("statement {} of its normalization", statement.name);
  }
  return "";
}

}  // namespace

std::string EquationObjection(const equation::Method& method, const Attributes& attributes,
                              Shape input, int images) {
  const Equation& equation = method.equation;
  const equation::Extents extents = ExtentsOf(attributes, input, std::max(images, 1));
  const std::vector<bool> lone = LoneReductions(equation, extents, images);
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    if (!lone[i] || equation.nodes[i].reduction != Reduction::kVar) continue;
    return fmt::format("{}: {} would take the variance of one value{}, which is always 0: {}",
                       Printable(method.title), LineText(equation, i),
                       MapText(equation.nodes[i], extents), MoreText(equation.nodes[i]));
  }
  const auto first = std::ranges::find(lone, true);
  const std::vector<bool> none(lone.size(), false);
  if (first == lone.end() || KeepsInput(equation, lone) || !KeepsInput(equation, none)) return "";
  const auto node = static_cast<std::size_t>(first - lone.begin());
  return fmt::format("{}: {} would pool one value{}, and nothing of x would be left: {}",
                     Printable(method.title), LineText(equation, node),
                     MapText(equation.nodes[node], extents), MoreText(equation.nodes[node]));
}

std::vector<std::string> EquationDoubts(const equation::Method& method,
                                        const Attributes& attributes, Shape input, int images) {
  const Equation& equation = method.equation;
  const equation::Extents extents = ExtentsOf(attributes, input, std::max(images, 1));
  const std::vector<bool> lone = LoneReductions(equation, extents, images);
  std::vector<std::string> doubts;
  std::vector<bool> told(lone.size(), false);
  for (const equation::SignAlone& sign : SignsAlone(equation, lone)) {
    const std::string of = NodeText(equation, sign.of);
    doubts.push_back(fmt::format(
        "statement {} divides {} by its own magnitude, which leaves its sign alone: {} pools one "
        "value{}",
        equation.statements[StatementAround(equation, sign.quotient)].name, of,
        LineText(equation, sign.reduction), MapText(equation.nodes[sign.reduction], extents)));
    told[sign.reduction] = true;
  }
  for (std::size_t i = 0; i < lone.size(); ++i) {
    if (!lone[i] || told[i] || equation.nodes[i].reduction == Reduction::kVar) continue;
    doubts.push_back(fmt::format("{} pools one value{}", LineText(equation, i),
                                 MapText(equation.nodes[i], extents)));
  }
  return doubts;
}

std::string FirstNonFiniteStatement(const equation::Method& method, const BrokenPass& pass) {
  return pass.single_precision ? FirstNonFinite<float>(method.equation, pass)
                               : FirstNonFinite<double>(method.equation, pass);
}

}  // namespace normlab
