#include "norm/program/gradient.h"

#include "norm/program/functions.h"

namespace normlab::program {
namespace {

using equation::Equation;
using equation::Function;
using equation::Reduction;
using EquationNode = equation::Node;

class ReverseMode {
 public:
  ReverseMode(const Equation& equation, const std::vector<int>& values, Expressions& expressions)
      : equation_(equation),
        values_(values),
        expressions_(expressions),
        graph_(expressions.graph),
        adjoints_(equation.nodes.size()),
        wanted_(equation.nodes.size()),
        contributions_(equation.learned.size()) {}

  void Run() {
    FindWanted();
    const int dy = graph_.Leaf(Op::kDy, Axes::All());
    std::vector<std::pair<double, int>> dx;
    adjoints_[equation_.output()] = {{1, dy}};
    for (std::size_t i = equation_.nodes.size(); i-- > 0;) {
      if (adjoints_[i].empty()) continue;
      const int adjoint = graph_.Sum(adjoints_[i]);
      const EquationNode& node = equation_.nodes[i];
      if (node.kind == EquationNode::Kind::kInput) dx.emplace_back(1, adjoint);
      if (node.kind == EquationNode::Kind::kLearned) {
        contributions_[node.index].emplace_back(1, adjoint);
      }
      if (node.kind == EquationNode::Kind::kFunction) PassFunction(node, values_[i], adjoint);
      if (node.kind == EquationNode::Kind::kReduction) PassReduction(node, values_[i], adjoint);
    }
    expressions_.dx = graph_.Sum(dx);
    const int known = graph_.size();
    for (const auto& terms : contributions_) AddLearned(terms, known);
  }

 private:
  // Whether x or a learned value is in it.
  void FindWanted() {
    for (std::size_t i = 0; i < equation_.nodes.size(); ++i) {
      const EquationNode& node = equation_.nodes[i];
      wanted_[i] =
          node.kind == EquationNode::Kind::kInput || node.kind == EquationNode::Kind::kLearned;
      const bool stops =
          node.kind == EquationNode::Kind::kFunction && node.function == Function::kStop;
      for (const std::size_t argument : node.arguments) {
        if (wanted_[argument] && !stops) wanted_[i] = true;
      }
    }
  }

  // `gradient`, of a value with the axes `from`, reaches an argument.
  void Contribute(std::size_t argument, Axes from, int gradient) {
    const EquationNode& to = equation_.nodes[argument];
    const Axes pooled = from.Without(to.axes);
    if (to.kind == EquationNode::Kind::kLearned) {  // over images at the end, or block by block
      Learned(to, from, gradient);
    } else {
      adjoints_[argument].emplace_back(1, graph_.SumOver(gradient, pooled));
    }
  }

  void Learned(const EquationNode& to, Axes from, int gradient) {
    const bool of_images = from.Has(Axes::GhostImages());
    const Axes pooled = of_images ? LocalAxes(from.Without(to.axes)) : from.Without(to.axes);
    const int sum = graph_.SumOver(gradient, pooled);
    const bool is_lane = CrossesImages(graph_[sum].axes);
    if (of_images && !is_lane) {
      contributions_[to.index].emplace_back(1, graph_.SumOver(sum, Axes::Images()));
    } else {
      contributions_[to.index].emplace_back(1, sum);
    }
  }

  void PassFunction(const EquationNode& node, int value, int adjoint) {
    for (std::size_t a = 0; a < node.arguments.size(); ++a) {
      const std::size_t argument = node.arguments[a];
      if (!wanted_[argument]) continue;
      const int slope = Slope(graph_, node, values_, value, a);
      Contribute(argument, node.axes, graph_.Product({adjoint, slope}));
    }
  }

  // Broadcasting the result's gradient back over what was pooled needs nothing.
  void PassReduction(const EquationNode& node, int value, int adjoint) {
    const std::size_t argument = node.arguments[0];
    if (!wanted_[argument]) return;
    const int of = values_[argument];
    const Axes from = equation_.nodes[argument].axes;
    const auto divided = [&](int gradient) {
      return graph_.Product({gradient, graph_.Reciprocal(graph_.CountOf(node.pooled))});
    };
    switch (node.reduction) {
      case Reduction::kAvg:
        return Contribute(argument, from, divided(adjoint));
      case Reduction::kSum:
        return Contribute(argument, from, adjoint);
      case Reduction::kVar: {
        const int distance = graph_.Sum({{1, of}, {-1, graph_.MeanOver(of, node.pooled)}});
        return Contribute(argument, from,
                          divided(graph_.Scale(2, graph_.Product({adjoint, distance}))));
      }
      case Reduction::kMax:
      case Reduction::kMin: {
        const int equal = graph_.Apply(Op::kEqual, {of, value});
        const int ties = graph_.SumOver(equal, node.pooled);
        return Contribute(argument, from,
                          graph_.Product({adjoint, equal, graph_.Reciprocal(ties)}));
      }
      case Reduction::kNorm:
        return Contribute(argument, from,
                          graph_.Product({of, graph_.Apply(Op::kRatio, {adjoint, value})}));
    }
  }

  // A sum over images that the way to x has too is taken from there; others are added block by
  // block, without a wait.
  void AddLearned(const std::vector<std::pair<double, int>>& terms, int known) {
    std::vector<std::pair<double, int>> of_batch, of_images;
    for (const auto& [weight, node] : terms) {
      if (!CrossesImages(graph_[node].axes)) {
        of_batch.emplace_back(weight, node);
        continue;
      }
      const int sum = graph_.SumOver(node, Axes::Images());
      const auto& where = sum < known || IsKnown(sum, known) ? of_batch : of_images;
      if (&where == &of_batch) {
        of_batch.emplace_back(weight, sum);
      } else {
        of_images.emplace_back(weight, node);
      }
    }
    LearnedGradient gradient;
    if (terms.empty()) of_batch.emplace_back(0, graph_.Number(0));
    if (!of_batch.empty()) gradient.of_batch = graph_.Sum(of_batch);
    if (!of_images.empty()) gradient.of_images = graph_.Sum(of_images);
    expressions_.learned.push_back(gradient);
  }

  // Whether all sums over images that it is made of were there.
  bool IsKnown(int node, int known) const {
    if (node < known) return true;
    if (IsLaneReduction(graph_[node].op)) return false;
    const auto& arguments = graph_[node].arguments;
    for (const int argument : arguments) {
      if (!IsKnown(argument, known)) return false;
    }
    return true;
  }

  const Equation& equation_;
  const std::vector<int>& values_;
  Expressions& expressions_;
  Graph& graph_;
  std::vector<std::vector<std::pair<double, int>>> adjoints_;
  std::vector<bool> wanted_;
  std::vector<std::vector<std::pair<double, int>>> contributions_;
};

}  // namespace

void AddGradient(const Equation& equation, const std::vector<int>& values,
                 Expressions& expressions) {
  ReverseMode(equation, values, expressions).Run();
}

}  // namespace normlab::program
