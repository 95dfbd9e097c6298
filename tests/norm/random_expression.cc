#include "tests/norm/random_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace normlab::equation {

double Farthest(const Range& range) { return std::max(std::abs(range.low), std::abs(range.high)); }

Range Spanned(std::initializer_list<double> values) { return {std::min(values), std::max(values)}; }

Expression Scaled(const Expression& e, double by) {
  return Made(fmt::format("({:.3g} * {})", by, e.text), e, {by * e.range.low, by * e.range.high});
}

Expression Sum(const Expression& a, const Expression& b) {
  return Made(fmt::format("({} + {})", a.text, b.text), a, b,
              {a.range.low + b.range.low, a.range.high + b.range.high});
}

std::string RandomExpressions::Number(double low, double high) {
  return fmt::format("{:.3g}", random_.Uniform(low, high));
}

Expression RandomExpressions::Fit(const Expression& e, double limit) {
  const double farthest = Farthest(e.range);
  if (farthest <= limit) return e;
  if (Chance(0.7)) return Scaled(e, limit / farthest);
  return Made(fmt::format("({:.3g} * tanh({}))", limit, Scaled(e, 2 / farthest).text), e,
              {-limit, limit});
}

Expression RandomExpressions::Positive(const Expression& e) {
  if (e.range.low >= 0.05 && e.range.high <= 100) return e;
  const double kind = random_.Uniform();
  if (kind < 0.4) {
    const Expression a = Fit(e, 5);
    return Made(fmt::format("({}^2 + 0.3)", a.text), a,
                {0.3, 0.3 + std::pow(Farthest(a.range), 2)});
  }
  const Expression a = Fit(e, kind < 0.6 ? 2 : 8);
  const double high = Farthest(a.range);
  if (kind < 0.6) return Made(fmt::format("exp({})", a.text), a, {std::exp(-high), std::exp(high)});
  if (kind < 0.8) return Made(fmt::format("(abs({}) + 0.5)", a.text), a, {0.5, high + 0.5});
  return Made(fmt::format("(softplus({}) + 0.1)", a.text), a, {0.1, high + 0.8});
}

Expression RandomExpressions::Unary(const Expression& e) {
  const double kind = Uniform(0, 1);
  if (kind < 0.07) return Made(fmt::format("(-{})", e.text), e, {-e.range.high, -e.range.low});
  if (kind < 0.14) return Made(fmt::format("stop({})", e.text), e, e.range);
  if (kind < 0.4) return Power(e);
  if (kind < 0.53) {
    const bool relu = Chance(0.5);
    const Expression a = Fit(e, 12);
    return Made(fmt::format("{}({})", relu ? "relu" : "abs", a.text), a, {0, Farthest(a.range)});
  }
  if (kind < 0.67) {
    const Expression a = Positive(e);
    const auto& [low, high] = a.range;
    return Chance(0.5) ? Made(fmt::format("sqrt({})", a.text), a, {std::sqrt(low), std::sqrt(high)})
                       : Made(fmt::format("log({})", a.text), a, {std::log(low), std::log(high)});
  }
  return Bounded(e);
}

// A smooth function that takes any value, of values near 0.
Expression RandomExpressions::Bounded(const Expression& e) {
  struct Function {
    const char* name;
    double limit;
    Range range;
  };
  static const Function functions[] = {{"exp", 2, {std::exp(-2.0), std::exp(2.0)}},
                                       {"tanh", 3, {-1, 1}},
                                       {"sigmoid", 5, {0.006, 1}},
                                       {"softplus", 8, {0, 8.1}},
                                       {"erf", 2.5, {-1, 1}}};
  const Function& function = functions[Below(5)];
  const Expression a = Fit(e, function.limit);
  return Made(fmt::format("{}({})", function.name, a.text), a, function.range);
}

Expression RandomExpressions::Power(const Expression& e) {
  const int kind = Below(4);
  if (kind == 0) {
    const Expression a = Positive(e);
    const auto& [low, high] = a.range;
    return Made(fmt::format("({}^-{})", a.text, Chance(0.5) ? "0.5" : "1"), a,
                {std::min(1 / high, 1 / std::sqrt(high)), std::max(1 / low, 1 / std::sqrt(low))});
  }
  const Expression a = Fit(e, kind == 1 ? 12 : 4);
  const double farthest = Farthest(a.range);
  if (kind == 1) return Made(fmt::format("({}^2)", a.text), a, {0, farthest * farthest});
  if (kind == 2) {
    const double cube = std::pow(farthest, 3);
    return Made(fmt::format("({}^3)", a.text), a, {-cube, cube});
  }
  return Made(fmt::format("({}^{})", Number(1, 3), a.text), a,
              {std::pow(3, -farthest), std::pow(3, farthest)});
}

Expression RandomExpressions::Product(const Expression& first, const Expression& second) {
  const Expression a = Fit(first, 20), b = Fit(second, 20);
  return Made(fmt::format("({} * {})", a.text, b.text), a, b,
              Spanned({a.range.low * b.range.low, a.range.low * b.range.high,
                       a.range.high * b.range.low, a.range.high * b.range.high}));
}

Expression RandomExpressions::Quotient(const Expression& first, const Expression& second) {
  const Expression a = Fit(first, 20), b = Positive(second);
  const double farthest = Farthest(a.range) / b.range.low;
  return Made(fmt::format("({} / {})", a.text, b.text), a, b, {-farthest, farthest});
}

Expression RandomExpressions::Binary(const Expression& a, const Expression& b) {
  switch (Below(10)) {
    case 0:
    case 1:
      return Sum(a, b);
    case 2:
    case 3:
      return Made(fmt::format("({} - {})", a.text, b.text), a, b,
                  {a.range.low - b.range.high, a.range.high - b.range.low});
    case 4:
    case 5:
      return Product(a, b);
    case 6:
      return Quotient(a, b);
    case 7: {
      const bool largest = Chance(0.5);
      return Made(fmt::format("{}({}, {})", largest ? "max" : "min", a.text, b.text), a, b,
                  {std::min(a.range.low, b.range.low), std::max(a.range.high, b.range.high)});
    }
    case 8: {
      const Expression bound = Fit(b, 2);
      return Made(fmt::format("clip({}, {} - 3, {})", a.text, bound.text, Number(2, 4)), a, bound,
                  {-5, 4});
    }
    default: {
      const Expression base = Positive(a), exponent = Fit(b, 1.5);
      const double farthest = std::pow(std::max(base.range.high, 1 / base.range.low), 1.5);
      return Made(fmt::format("({}^{})", base.text, exponent.text), base, exponent,
                  {1 / farthest, farthest});
    }
  }
}

}  // namespace normlab::equation
