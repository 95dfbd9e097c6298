#include "norm/equation/normalizing.h"

#include <algorithm>
#include <optional>

#include "norm/equation/factors.h"
#include "norm/equation/pooling.h"
#include "norm/equation/same_trees.h"
#include "norm/equation/statistics.h"

namespace normlab::equation {
namespace {

bool IsCall(const Node& node, Function function) {
  return node.kind == Node::Kind::kFunction && node.function == function;
}

bool IsProductOf(const Node& node) {
  return IsCall(node, Function::kMultiply) || IsCall(node, Function::kDivide);
}

bool IsSumOf(const Node& node) {
  return IsCall(node, Function::kAdd) || IsCall(node, Function::kSubtract);
}

// Whether a node is an average of an expression, or a sum of its averages, each times what does not
// depend on x.
bool IsMeanOf(const Equation& equation, const FactorReader& factors, std::size_t node,
              std::size_t expression) {
  std::vector<bool> mean(node + 1, false);
  for (std::size_t i = 0; i <= node; ++i) {
    const Node& each = equation.nodes[i];
    const auto is_mean = [&](std::size_t a) -> bool { return mean[each.arguments[a]]; };
    const auto is_given = [&](std::size_t a) { return !factors.depends(each.arguments[a]); };
    if (each.kind == Node::Kind::kReduction) {
      mean[i] = each.reduction == Reduction::kAvg &&
                factors.first(each.arguments[0]) == factors.first(expression);
    } else if (IsSumOf(each)) {
      mean[i] = is_mean(0) && is_mean(1);
    } else if (IsProductOf(each)) {
      mean[i] = (is_mean(0) && is_given(1)) ||
                (each.function == Function::kMultiply && is_given(0) && is_mean(1));
    } else if (IsCall(each, Function::kStop)) {
      mean[i] = is_mean(0);
    }
  }
  return mean[node];
}

bool SubtractsMean(const Equation& equation, const FactorReader& factors) {
  return std::ranges::any_of(equation.nodes, [&](const Node& node) {
    return IsCall(node, Function::kSubtract) && factors.depends(node.arguments[0]) &&
           factors.depends(node.arguments[1]) &&
           IsMeanOf(equation, factors, node.arguments[1], node.arguments[0]);
  });
}

std::optional<double> PlainNumber(const Equation& equation, std::size_t node) {
  const Node& number = equation.nodes[node];
  if (number.kind == Node::Kind::kNumber) return number.number;
  if (!IsCall(number, Function::kNegate)) return std::nullopt;
  const Node& positive = equation.nodes[number.arguments[0]];
  if (positive.kind != Node::Kind::kNumber) return std::nullopt;
  return -positive.number;
}

bool DividesByStatistics(const Equation& equation, const FactorReader& factors) {
  std::vector<bool> pooled;  // depends on a statistic
  bool divides = false;
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    const Node& node = equation.nodes[i];
    const auto is_pooled = [&](std::size_t argument) -> bool { return pooled[argument]; };
    pooled.push_back(factors.depends(i) && (node.kind == Node::Kind::kReduction ||
                                            std::ranges::any_of(node.arguments, is_pooled)));
    if (IsCall(node, Function::kDivide)) divides |= is_pooled(node.arguments[1]);
    if (IsCall(node, Function::kPower) && is_pooled(node.arguments[0])) {
      divides |= PlainNumber(equation, node.arguments[1]).value_or(0) < 0;
    }
  }
  return divides;
}

// With which power of a each node grows where x is a x, a > 0; none where the tree does not show
// it. What does not depend on x: 0.
class Degrees {
 public:
  explicit Degrees(const Equation& equation, const FactorReader& factors)
      : equation_(equation), factors_(factors) {
    for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
      const Node& node = equation.nodes[i];
      names_eps_.push_back(node.kind == Node::Kind::kKey
                               ? node.key == Key::kEps
                               : std::ranges::any_of(node.arguments, [&](std::size_t a) -> bool {
                                   return names_eps_[a];
                                 }));
      degrees_.push_back(factors.depends(i) ? Of(node) : 0);
    }
  }

  std::optional<double> operator[](std::size_t node) const { return degrees_[node]; }

 private:
  std::optional<double> Of(const Node& node) const {
    if (node.kind == Node::Kind::kInput) return 1;
    const std::optional<double> a = degrees_[node.arguments[0]];
    if (node.kind == Node::Kind::kReduction) {
      return node.reduction == Reduction::kVar ? Times(a, 2) : a;
    }
    switch (node.function) {
      case Function::kNegate:
      case Function::kAbs:
      case Function::kRelu:
      case Function::kStop:
        return a;
      case Function::kSqrt:
        return Times(a, 0.5);
      case Function::kPower:
        return OfPower(node);
      case Function::kMultiply:
      case Function::kDivide:
        return OfProduct(node);
      case Function::kAdd:
      case Function::kSubtract:
      case Function::kMax:
      case Function::kMin:
        return OfSum(node);
      default:
        return AllZero(node);
    }
  }

  static std::optional<double> Times(std::optional<double> degree, double factor) {
    return degree ? std::optional(*degree * factor) : std::nullopt;
  }

  std::optional<double> AllZero(const Node& node) const {
    const bool zero = std::ranges::all_of(
        node.arguments, [&](std::size_t a) { return degrees_[a] && *degrees_[a] == 0; });
    return zero ? std::optional(0.0) : std::nullopt;
  }

  std::optional<double> OfPower(const Node& node) const {
    const std::optional<double> exponent = PlainNumber(equation_, node.arguments[1]);
    return exponent ? Times(degrees_[node.arguments[0]], *exponent) : AllZero(node);
  }

  std::optional<double> OfProduct(const Node& node) const {
    const std::optional<double> a = degrees_[node.arguments[0]], b = degrees_[node.arguments[1]];
    if (!a || !b) return std::nullopt;
    return IsCall(node, Function::kMultiply) ? *a + *b : *a - *b;
  }

  // eps is no more than what keeps a quotient finite.
  bool IsNothing(std::size_t node) const {
    return factors_.plain(node) && (names_eps_[node] || PlainNumber(equation_, node) == 0.0);
  }

  std::optional<double> OfSum(const Node& node) const {
    const std::optional<double> a = degrees_[node.arguments[0]], b = degrees_[node.arguments[1]];
    if (IsNothing(node.arguments[1])) return a;
    if (IsNothing(node.arguments[0])) return b;
    return a && b && *a == *b ? a : std::nullopt;
  }

  const Equation& equation_;
  const FactorReader& factors_;
  std::vector<bool> names_eps_;
  std::vector<std::optional<double>> degrees_;
};

// Whether a node is 0 wherever one of its arguments is.
bool IsZeroWithZero(const Node& node, const std::vector<bool>& zero) {
  if (node.arguments.empty()) return false;
  if (node.kind == Node::Kind::kReduction) return zero[node.arguments[0]];
  switch (node.function) {
    case Function::kMultiply:
      return zero[node.arguments[0]] || zero[node.arguments[1]];
    case Function::kAdd:
    case Function::kSubtract:
      return zero[node.arguments[0]] && zero[node.arguments[1]];
    case Function::kDivide:
    case Function::kNegate:
    case Function::kSqrt:
    case Function::kAbs:
    case Function::kTanh:
    case Function::kErf:
    case Function::kRelu:
    case Function::kStop:
      return zero[node.arguments[0]];
    default:
      return false;
  }
}

}  // namespace

Normalizing NormalizingOf(const Equation& equation) {
  const FactorReader factors(equation);
  const std::optional<double> degree = Degrees(equation, factors)[equation.output()];
  return {.has_statistics = !StatisticsOf(equation).empty(),
          .subtracts_mean = SubtractsMean(equation, factors),
          .divides = DividesByStatistics(equation, factors),
          .scale_invariant = degree && *degree == 0};
}

bool KeepsInput(const Equation& equation, const std::vector<bool>& lone) {
  // The expression whose value a node has: a reduction of one value has that one's.
  std::vector<std::size_t> value = SameExpressions(equation);
  std::vector<bool> zero, depends;
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    const Node& node = equation.nodes[i];
    const bool is_variance =
        node.kind == Node::Kind::kReduction && node.reduction == Reduction::kVar;
    const bool repeats =
        lone[i] && !is_variance && node.reduction != Reduction::kNorm && value[i] == i;
    value[i] = value[repeats ? node.arguments[0] : value[i]];
    const bool cancels =
        IsCall(node, Function::kSubtract) && value[node.arguments[0]] == value[node.arguments[1]];
    zero.push_back((lone[i] && is_variance) || cancels || IsZeroWithZero(node, zero));
    const auto on_input = [&](std::size_t argument) -> bool { return depends[argument]; };
    depends.push_back(!zero[i] && (node.kind == Node::Kind::kInput ||
                                   std::ranges::any_of(node.arguments, on_input)));
  }
  return depends[equation.output()];
}

std::vector<SignAlone> SignsAlone(const Equation& equation, const std::vector<bool>& lone) {
  const FactorReader factors(equation);
  std::vector<SignAlone> signs;
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    if (!factors.IsProduct(i)) continue;
    for (const auto& [divisor, count] : factors.Of(i).under) {
      const std::optional<Magnitude> magnitude = factors.MagnitudeOf(divisor);
      if (!magnitude || !lone[magnitude->reduction] || count != 1) continue;
      if (magnitude->kind == Magnitude::Kind::kDeviation) continue;
      const auto over = factors.Of(i).over.find(magnitude->of);
      if (over == factors.Of(i).over.end() || over->second != 1) continue;
      const bool known = std::ranges::any_of(signs, [&](const SignAlone& sign) {
        return sign.reduction == magnitude->reduction && sign.of == magnitude->of;
      });
      if (!known) signs.push_back({i, magnitude->reduction, magnitude->of});
    }
  }
  return signs;
}

std::vector<Standardized> StandardizedOver(const Equation& equation) {
  const FactorReader factors(equation);
  std::vector<Standardized> found;
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    const auto& [over, under] = factors.Of(i);
    if (!factors.IsProduct(i) || over.size() != 1 || under.size() != 1) continue;
    const auto [dividend, times] = *over.begin();
    const auto [divisor, divisors] = *under.begin();
    const std::optional<Magnitude> magnitude = factors.MagnitudeOf(divisor);
    if (times != 1 || divisors != 1 || !magnitude || magnitude->has_factor) continue;
    const Axes pooled = equation.nodes[magnitude->reduction].pooled;
    const bool centred = factors.IsCentred(dividend, pooled);
    const bool deviation = magnitude->kind == Magnitude::Kind::kDeviation && centred &&
                           factors.first(equation.nodes[dividend].arguments[0]) == magnitude->of;
    const bool root_mean_square =
        magnitude->kind == Magnitude::Kind::kRootMeanSquare && dividend == magnitude->of;
    if (deviation || root_mean_square) found.push_back({pooled, centred});
  }
  return found;
}

bool HasConstantChannelMeans(const Equation& equation, const Extents& extents) {
  const FactorReader factors(equation);
  const PooledExtents channel = {1, 1, extents.rows, extents.columns};
  std::vector<bool> zero, constant;  // the means
  for (std::size_t i = 0; i < equation.nodes.size(); ++i) {
    const Node& node = equation.nodes[i];
    const auto argument = [&](std::size_t a) { return node.arguments[a]; };
    const auto is_one_for_a_channel = [&](std::size_t a) {
      return !equation.nodes[argument(a)].axes.HasAny(Axes::Rows().With(Axes::Columns()));
    };
    bool is_zero = false, is_constant = !factors.depends(i);
    if (IsSumOf(node)) {
      const Node& mean = equation.nodes[argument(1)];
      is_zero = (zero[argument(0)] && zero[argument(1)]) ||
                (factors.IsCentred(i, mean.pooled) && PooledOf(mean.pooled, extents) == channel);
      is_constant |= constant[argument(0)] && constant[argument(1)];
    } else if (IsProductOf(node)) {
      const bool either = IsCall(node, Function::kMultiply) && is_one_for_a_channel(0);
      is_zero = (zero[argument(0)] && is_one_for_a_channel(1)) || (either && zero[argument(1)]);
    } else if (IsCall(node, Function::kNegate)) {
      is_zero = zero[argument(0)];
      is_constant |= constant[argument(0)];
    }
    zero.push_back(is_zero);
    constant.push_back(is_constant || is_zero);
  }
  return factors.depends(equation.output()) && constant[equation.output()];
}

}  // namespace normlab::equation
