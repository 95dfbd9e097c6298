#include "norm/equation/factors.h"

#include <algorithm>
#include <cmath>

#include "norm/equation/same_trees.h"
#include "norm/equation/statistics.h"

namespace normlab::equation {
namespace {

// A longer product is a factor itself: what is looked for has two.
constexpr std::size_t kMostFactors = 16;

void Add(const std::map<std::size_t, int>& more, std::map<std::size_t, int>& to) {
  for (const auto& [node, count] : more) to[node] = std::min(2, to[node] + count);
}

}  // namespace

FactorReader::FactorReader(const Equation& equation)
    : equation_(equation),
      same_(SameExpressions(equation)),
      depends_(DependsOnInput(equation)),
      plain_(PlainNodes(equation)) {
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) factors_.push_back(Collected(i));
}

bool FactorReader::IsCall(std::size_t node, Function function) const {
  return equation_.nodes[node].kind == Node::Kind::kFunction &&
         equation_.nodes[node].function == function;
}

bool FactorReader::IsProduct(std::size_t node) const {
  return IsCall(node, Function::kMultiply) || IsCall(node, Function::kDivide) ||
         IsCall(node, Function::kNegate);
}

Factors FactorReader::Collected(std::size_t node) const {
  if (!depends_[node]) return {};
  if (!IsProduct(node)) return {.over = {{same_[node], 1}}, .under = {}};
  const std::vector<std::size_t>& arguments = equation_.nodes[node].arguments;
  Factors factors = factors_[arguments[0]];
  if (arguments.size() == 1) return factors;
  const Factors& other = factors_[arguments[1]];
  const bool divides = IsCall(node, Function::kDivide);
  Add(divides ? other.under : other.over, factors.over);
  Add(divides ? other.over : other.under, factors.under);
  if (factors.over.size() + factors.under.size() <= kMostFactors) return factors;
  return {.over = {{same_[node], 1}}, .under = {}};
}

// eps, or a number that is as little beside a magnitude.
bool FactorReader::IsSmall(std::size_t node) const {
  constexpr double kSmall = 0.01;
  const Node& small = equation_.nodes[node];
  if (small.kind == Node::Kind::kNumber) return std::abs(small.number) <= kSmall;
  return small.kind == Node::Kind::kKey && small.key == Key::kEps;
}

// Without small numbers that are added or are a lower bound, and without plain factors.
std::size_t FactorReader::Stripped(std::size_t node, bool& has_factor) const {
  for (;;) {
    const bool adds = IsCall(node, Function::kAdd) || IsCall(node, Function::kMax);
    const bool scales = IsCall(node, Function::kMultiply);
    const std::vector<std::size_t>& arguments = equation_.nodes[node].arguments;
    if (IsCall(node, Function::kDivide) && plain_[arguments[1]]) {
      has_factor = true;
      node = arguments[0];
    } else if ((scales && plain_[arguments[0]] != plain_[arguments[1]]) ||
               (adds && IsSmall(arguments[0]) != IsSmall(arguments[1]))) {
      has_factor |= scales;
      node = arguments[plain_[arguments[0]] ? 1 : 0];
    } else {
      return node;
    }
  }
}

std::optional<std::size_t> FactorReader::SquareOf(std::size_t node) const {
  const std::vector<std::size_t>& arguments = equation_.nodes[node].arguments;
  const auto is_two = [&](std::size_t each) {
    return equation_.nodes[each].kind == Node::Kind::kNumber && equation_.nodes[each].number == 2;
  };
  const bool squares =
      (IsCall(node, Function::kPower) && is_two(arguments[1])) ||
      (IsCall(node, Function::kMultiply) && same_[arguments[0]] == same_[arguments[1]]);
  return squares ? std::optional(same_[arguments[0]]) : std::nullopt;
}

std::optional<Magnitude> FactorReader::MagnitudeOf(std::size_t node) const {
  Magnitude magnitude;
  node = Stripped(node, magnitude.has_factor);
  const auto is_half = [&](std::size_t each) {
    return equation_.nodes[each].kind == Node::Kind::kNumber && equation_.nodes[each].number == 0.5;
  };
  const bool root = IsCall(node, Function::kSqrt) ||
                    (IsCall(node, Function::kPower) && is_half(equation_.nodes[node].arguments[1]));
  if (root) node = Stripped(equation_.nodes[node].arguments[0], magnitude.has_factor);
  const Node& reduction = equation_.nodes[node];
  if (reduction.kind != Node::Kind::kReduction || !depends_[node]) return std::nullopt;
  magnitude.reduction = node;
  const std::size_t pooled = reduction.arguments[0];
  const Reduction kind = reduction.reduction;
  if (root && kind == Reduction::kVar) {
    magnitude.kind = Magnitude::Kind::kDeviation;
    magnitude.of = same_[pooled];
    return magnitude;
  }
  if (!root && kind == Reduction::kNorm) {
    magnitude.of = same_[pooled];
    return magnitude;
  }
  if (kind == Reduction::kVar || kind == Reduction::kNorm) return std::nullopt;
  if (!root && IsCall(pooled, Function::kAbs)) {
    magnitude.of = same_[equation_.nodes[pooled].arguments[0]];
    return magnitude;
  }
  const std::optional<std::size_t> square = SquareOf(pooled);
  if (!root || !square) return std::nullopt;
  if (kind == Reduction::kAvg) magnitude.kind = Magnitude::Kind::kRootMeanSquare;
  magnitude.of = *square;
  return magnitude;
}

bool FactorReader::IsCentred(std::size_t node, Axes pooled) const {
  if (!IsCall(node, Function::kSubtract)) return false;
  const std::vector<std::size_t>& arguments = equation_.nodes[node].arguments;
  const Node& mean = equation_.nodes[arguments[1]];
  return mean.kind == Node::Kind::kReduction && mean.reduction == Reduction::kAvg &&
         mean.pooled == pooled && same_[mean.arguments[0]] == same_[arguments[0]];
}

}  // namespace normlab::equation
