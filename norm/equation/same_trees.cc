#include "norm/equation/same_trees.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace normlab::equation {
namespace {

bool SameNode(const Node& a, const Node& b) {
  const auto parts = [](const Node& node) {
    return std::tie(node.kind, node.axes, node.number, node.key, node.ramp, node.index,
                    node.function, node.reduction, node.pooled, node.arguments);
  };
  return parts(a) == parts(b);
}

bool SameStatement(const Statement& a, const Statement& b) {
  if (a.node != b.node || a.running.has_value() != b.running.has_value()) return false;
  return !a.running ||
         (a.running->start == b.running->start && a.running->unbiased == b.running->unbiased);
}

}  // namespace

bool SameTrees(const Equation& a, const Equation& b) {
  const auto same_axes = [](const Learned& x, const Learned& y) { return x.axes == y.axes; };
  return std::ranges::equal(a.nodes, b.nodes, SameNode) &&
         std::ranges::equal(a.statements, b.statements, SameStatement) &&
         std::ranges::equal(a.learned, b.learned, same_axes);
}

bool SameMethod(const Method& a, const Method& b) {
  const auto same_row = [](const LearnedRow& x, const LearnedRow& y) {
    return std::tie(x.initial, x.decays, x.lowest, x.highest) ==
           std::tie(y.initial, y.decays, y.lowest, y.highest);
  };
  return a.is_activation == b.is_activation && SameTrees(a.equation, b.equation) &&
         std::ranges::equal(a.learned, b.learned, same_row);
}

Method OfSingleChannels(Method method) {
  for (Node& node : method.equation.nodes) {
    if (node.arguments.empty()) continue;
    node.axes = {};
    for (const std::size_t argument : node.arguments) {
      node.axes = node.axes.With(method.equation.nodes[argument].axes);
    }
    const Axes others = node.pooled.Without(Axes::GroupChannels());
    if (!node.pooled.Has(Axes::Groups()) && !others.empty()) node.pooled = others;
    node.axes = node.axes.Without(node.pooled);
  }
  return method;
}

std::vector<std::size_t> SameExpressions(const Equation& equation) {
  std::vector<std::size_t> first;
  std::map<std::tuple<Node::Kind, Function, std::size_t, double, std::vector<std::size_t>>,
           std::vector<std::size_t>>
      alike;  // nodes that may be the same
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    Node node = equation.nodes[i];
    for (std::size_t& argument : node.arguments) argument = first[argument];
    std::vector<std::size_t>& known =
        alike[{node.kind, node.function, node.index, node.number, node.arguments}];
    const auto same = std::ranges::find_if(known, [&](std::size_t k) {
      Node other = equation.nodes[k];
      other.arguments = node.arguments;
      return SameNode(other, node);
    });
    first.push_back(same == known.end() ? i : *same);
    if (same == known.end()) known.push_back(i);
  }
  return first;
}

}  // namespace normlab::equation
