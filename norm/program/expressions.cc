#include "norm/program/expressions.h"

#include <algorithm>

#include "norm/program/functions.h"
#include "norm/program/gradient.h"

namespace normlab::program {
namespace {

using equation::Equation;
using equation::Function;
using equation::Key;
using equation::Reduction;
using EquationNode = equation::Node;

class Builder {
 public:
  Builder(const Equation& equation, const Settings& settings, bool training)
      : equation_(equation),
        settings_(settings),
        expressions_{.graph = Graph(settings.extents, settings.has_ghosts),
                     .learned_count = equation.learned.size()},
        graph_(expressions_.graph) {
    for (const equation::Learned& learned : equation.learned) {
      expressions_.learned_axes.push_back(learned.axes);
    }
    values_.resize(equation.nodes.size());
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = ValueOf(i, training);
    expressions_.y = values_[equation.output()];
    for (const equation::Statement& statement : equation.statements) {
      const bool kept = training && statement.running.has_value();
      expressions_.observed.push_back(kept ? values_[statement.node] : -1);
    }
  }

  Expressions Finish(bool has_backward) && {
    if (has_backward) AddGradient(equation_, values_, expressions_);
    return std::move(expressions_);
  }

 private:
  int ValueOf(std::size_t index, bool training) {
    const EquationNode& node = equation_.nodes[index];
    if (!training) {
      for (std::size_t s = 0; s < equation_.statements.size(); ++s) {
        const equation::Statement& statement = equation_.statements[s];
        if (statement.node != index || !statement.running) continue;
        return graph_.Leaf(Op::kRunning, LocalAxes(node.axes), static_cast<int>(s));
      }
    }
    switch (node.kind) {
      case EquationNode::Kind::kNumber:
        return graph_.Number(node.number);
      case EquationNode::Kind::kKey:
        return KeyValue(node.key);
      case EquationNode::Kind::kRamp:
        expressions_.ramps.push_back(&node);
        return graph_.Leaf(Op::kRuntime, Axes(),
                           kFirstRamp + static_cast<int>(expressions_.ramps.size()) - 1);
      case EquationNode::Kind::kInput:
        return graph_.Leaf(Op::kX, Axes::All());
      case EquationNode::Kind::kLearned:
        return graph_.Leaf(Op::kLearned, node.axes, static_cast<int>(node.index));
      case EquationNode::Kind::kRunning:
        return graph_.Leaf(Op::kRunning, node.axes, static_cast<int>(node.index));
      case EquationNode::Kind::kFunction:
        return FunctionOf(node);
      case EquationNode::Kind::kReduction:
        return ReductionOf(node);
    }
    return 0;
  }

  int KeyValue(Key key) {
    switch (key) {
      case Key::kEps:
        return graph_.Number(settings_.eps);
      case Key::kMomentum:
        return graph_.Number(settings_.momentum);
      case Key::kGroups:
        return graph_.Number(settings_.extents.groups);
      case Key::kGhost:
        return settings_.ghost > 0 ? graph_.Number(settings_.ghost)
                                   : graph_.Leaf(Op::kRuntime, Axes(), kImages);
      case Key::kFanIn:  // of no map
        break;
    }
    return 0;
  }

  int FunctionOf(const EquationNode& node) {
    const auto value = [&](std::size_t i) { return values_[node.arguments[i]]; };
    switch (node.function) {
      case Function::kNegate:
        return graph_.Scale(-1, value(0));
      case Function::kAdd:
        return graph_.Sum({{1, value(0)}, {1, value(1)}});
      case Function::kSubtract:
        return graph_.Sum({{1, value(0)}, {-1, value(1)}});
      case Function::kMultiply:
        return graph_.Product({value(0), value(1)});
      case Function::kDivide:
        return graph_.Product({value(0), graph_.Reciprocal(value(1))});
      case Function::kPower:
        return Power(graph_, value(0), value(1));
      default:
        break;
    }
    std::vector<int> arguments;
    for (std::size_t i = 0; i < node.arguments.size(); ++i) arguments.push_back(value(i));
    return graph_.Apply(SameOp(node.function), arguments);
  }

  int ReductionOf(const EquationNode& node) {
    const int of = values_[node.arguments[0]];
    switch (node.reduction) {
      case Reduction::kAvg:
        return graph_.MeanOver(of, node.pooled);
      case Reduction::kSum:
        return graph_.SumOver(of, node.pooled);
      case Reduction::kVar:
        return graph_.VarianceOver(of, node.pooled);
      case Reduction::kMax:
      case Reduction::kMin:
        return graph_.ExtremeOver(of, node.pooled, node.reduction == Reduction::kMax);
      case Reduction::kNorm:
        return graph_.Apply(Op::kSqrt, {graph_.SumOver(graph_.Product({of, of}), node.pooled)});
    }
    return 0;
  }

  const Equation& equation_;
  const Settings& settings_;
  Expressions expressions_;
  Graph& graph_;
  std::vector<int> values_;  // beside the equation's nodes
};

}  // namespace

Expressions Express(const Equation& equation, const Settings& settings, bool training,
                    bool has_backward) {
  return Builder(equation, settings, training).Finish(has_backward);
}

}  // namespace normlab::program
