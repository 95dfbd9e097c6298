#include "norm/equation/source_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace normlab::equation {
namespace {

// How tightly an expression holds together, in the order of the grammar.
enum Binding { kSum, kProduct, kSigned, kPower, kValue };

struct Expression {
  std::string text;
  Binding binding = kValue;

  std::string At(Binding least) const { return binding < least ? "(" + text + ")" : text; }
};

class Writer {
 public:
  explicit Writer(const Equation& equation, const NodeNames& named = {})
      : equation_(equation), named_(named) {}

  Expression Named(std::size_t index) const {
    if (named_) {
      if (const std::optional<std::string> name = named_(index)) return {*name};
    }
    const std::size_t statement = StatementOf(equation_, index);
    if (statement != kNoStatement) return {equation_.statements[statement].name};
    return Spelled(index);
  }

  Expression Spelled(std::size_t index) const {
    const Node& node = equation_.nodes[index];
    switch (node.kind) {
      case Node::Kind::kNumber:
        return {fmt::format("{}", node.number)};
      case Node::Kind::kKey:
        return {std::string(KeyName(node.key))};
      case Node::Kind::kRamp:
        return {fmt::format("ramp({}, {}, {}, {})", node.ramp[0], node.ramp[1], node.ramp[2],
                            node.ramp[3])};
      case Node::Kind::kInput:
        return {InputName(equation_.domain)};
      case Node::Kind::kLearned: {
        const Learned& learned = equation_.learned[node.index];
        return {fmt::format("{}[{}]", learned.name, learned.axes.text(equation_.domain))};
      }
      case Node::Kind::kRunning:
        return {equation_.statements[node.index].name + ".running"};
      case Node::Kind::kReduction:
        return {
            fmt::format("{}({})", ReductionText(equation_, node), Named(node.arguments[0]).text)};
      case Node::Kind::kFunction:
        return Applied(node);
    }
    return {};
  }

 private:
  Expression Applied(const Node& node) const {
    const auto a = [&](Binding least) { return Named(node.arguments[0]).At(least); };
    const auto b = [&](Binding least) { return Named(node.arguments[1]).At(least); };
    switch (node.function) {
      case Function::kNegate:
        return {"-" + a(kSigned), kSigned};
      case Function::kAdd:
        return {a(kSum) + " + " + b(kProduct), kSum};
      case Function::kSubtract:
        return {a(kSum) + " - " + b(kProduct), kSum};
      case Function::kMultiply:
        return {a(kProduct) + " * " + b(kSigned), kProduct};
      case Function::kDivide:
        return {a(kProduct) + " / " + b(kSigned), kProduct};
      case Function::kPower:
        return {a(kValue) + "^" + b(kSigned), kPower};
      default:
        return Called(node);
    }
  }

  Expression Called(const Node& node) const {
    const auto words = std::ranges::find(Functions(), node.function, &FunctionWords::function);
    std::vector<std::string> arguments;
    for (const std::size_t argument : node.arguments) arguments.push_back(Named(argument).text);
    return {fmt::format("{}({})", words->name, Join(arguments))};
  }

  const Equation& equation_;
  const NodeNames named_;
};

}  // namespace

std::string ReductionText(const Equation& equation, const Node& reduction) {
  const auto words =
      std::ranges::find(Reductions(), reduction.reduction, &ReductionWords::reduction);
  return fmt::format("{}[{}]", words->name, reduction.pooled.text(equation.domain));
}

std::string NodeText(const Equation& equation, std::size_t node) {
  return Writer(equation).Named(node).text;
}

std::string ExpressionText(const Equation& equation, std::size_t node) {
  return Writer(equation).Spelled(node).text;
}

std::string ExpressionText(const Equation& equation, std::size_t node, const NodeNames& named) {
  return Writer(equation, named).Spelled(node).text;
}

std::string StatementText(const Equation& equation, std::size_t statement) {
  const auto& [name, node, offset, running] = equation.statements[statement];
  const bool repeats = StatementOf(equation, node) != statement;
  return fmt::format("{} = {}", name,
                     repeats ? NodeText(equation, node) : ExpressionText(equation, node));
}

std::size_t StatementOf(const Equation& equation, std::size_t node) {
  const auto found = std::ranges::find(equation.statements, node, &Statement::node);
  if (found == equation.statements.end()) return kNoStatement;
  return static_cast<std::size_t>(found - equation.statements.begin());
}

std::size_t StatementAround(const Equation& equation, std::size_t node) {
  const auto found = std::ranges::find_if(equation.statements,
                                          [&](const Statement& each) { return each.node >= node; });
  return static_cast<std::size_t>(found - equation.statements.begin());
}

}  // namespace normlab::equation
