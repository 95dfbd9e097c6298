#include "norm/equation/statement_axes.h"

namespace normlab::equation {
namespace {

using Kind = SyntaxNode::Kind;
using KnownAxes = std::map<std::string, Axes>;

Axes AxesOf(const SyntaxNode& tree, const std::string& input, const KnownAxes& known) {
  if (tree.kind == Kind::kLearned) return tree.axes;
  if (tree.kind == Kind::kRunning || tree.kind == Kind::kName) {
    if (tree.name == input && tree.kind == Kind::kName) return Axes::All();
    const auto statement = known.find(tree.name);
    const Axes axes = statement == known.end() ? Axes() : statement->second;
    // Ghost batches are averaged in what is kept.
    return tree.kind == Kind::kRunning ? axes.Without(Axes::Images()) : axes;
  }
  Axes axes;
  for (const SyntaxNode& child : tree.children) axes = axes.With(AxesOf(child, input, known));
  return tree.kind == Kind::kReduce ? axes.Without(tree.axes) : axes;
}

}  // namespace

std::map<std::string, Axes> StatementAxes(const std::vector<SyntaxStatement>& trees,
                                          const std::string& input) {
  KnownAxes axes;
  for (bool more = true; more;) {
    more = false;
    for (const SyntaxStatement& tree : trees) {
      Axes& known = axes[tree.name];
      // Two of one name are refused later.
      const Axes grown = known.With(AxesOf(tree.value, input, axes));
      more |= known != grown;
      known = grown;
    }
  }
  return axes;
}

}  // namespace normlab::equation
