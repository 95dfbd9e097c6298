// What an equation is told before it trains, and after it broke.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/printable.h"
#include "norm/equation/pooling.h"
#include "norm/equation/source_text.h"
#include "norm/equation_operation.h"

namespace normlab {
namespace {

using equation::Axes;
using equation::Equation;
using equation::Node;
using equation::Reduction;

// How many values the smallest of its results is made of; `images` 0: unknown where it pools them.
std::size_t PooledValues(const Node& reduction, const equation::Extents& extents, int images) {
  if (images == 0 && reduction.pooled.HasAny(Axes::Images())) return 0;
  return equation::PooledOf(reduction.pooled, extents).values();
}

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

template <class Visit>
void ForEachLoneReduction(const Equation& equation, const equation::Extents& extents, int images,
                          const Visit& visit) {
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    const Node& node = equation.nodes[i];
    if (node.kind != Node::Kind::kReduction) continue;
    if (PooledValues(node, extents, images) == 1) visit(i);
  }
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
  std::string objection;
  ForEachLoneReduction(equation, extents, images, [&](std::size_t i) {
    const Node& node = equation.nodes[i];
    if (!objection.empty() || node.reduction != Reduction::kVar) return;
    objection = fmt::format(
        "{}: {} would take the variance of one value (of a map of {}x{}x{}{}), which is always 0: "
        "{}",
        Printable(method.title), LineText(equation, i), input.channels, input.height, input.width,
        BatchText(node, extents),
        node.pooled.HasAny(Axes::Images())
            ? "change batch_size (or ghost) so that no image is left alone, or pool more axes"
            : "pool more axes, or mark the layer bare (!)");
  });
  return objection;
}

std::vector<std::string> EquationDoubts(const equation::Method& method,
                                        const Attributes& attributes, Shape input, int images) {
  const Equation& equation = method.equation;
  const equation::Extents extents = ExtentsOf(attributes, input, std::max(images, 1));
  std::vector<std::string> doubts;
  ForEachLoneReduction(equation, extents, images, [&](std::size_t i) {
    if (equation.nodes[i].reduction == Reduction::kVar) return;
    doubts.push_back(fmt::format("{} pools one value (of a map of {}x{}x{}{})",
                                 LineText(equation, i), input.channels, input.height, input.width,
                                 BatchText(equation.nodes[i], extents)));
  });
  return doubts;
}

std::string FirstNonFiniteStatement(const equation::Method& method, const BrokenPass& pass) {
  return pass.single_precision ? FirstNonFinite<float>(method.equation, pass)
                               : FirstNonFinite<double>(method.equation, pass);
}

}  // namespace normlab
