// Parts of random equations: expressions whose values are known roughly, so that each function gets
// what it takes and float32 stays meaningful.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/philox.h"
#include "norm/equation/axes.h"
#include "tests/norm/random_equation.h"

namespace normlab::equation {

// A value of the grammar, bracketed where it must be.
struct Expression {
  std::string text;
  Axes axes;
  Range range;
};

inline Expression Made(std::string text, const Expression& a, const Range& range) {
  return {std::move(text), a.axes, range};
}
inline Expression Made(std::string text, const Expression& a, const Expression& b,
                       const Range& range) {
  return {std::move(text), a.axes.With(b.axes), range};
}

double Farthest(const Range& range);  // from 0
Range Spanned(std::initializer_list<double> values);
Expression Scaled(const Expression& e, double by);
Expression Sum(const Expression& a, const Expression& b);

class RandomExpressions {
 public:
  explicit RandomExpressions(std::uint64_t seed) : random_(seed, Purpose::kSamples, 0, 1) {}

  double Uniform(double low, double high) { return random_.Uniform(low, high); }
  bool Chance(double probability) { return random_.Uniform() < probability; }
  int Below(int bound) {
    return static_cast<int>(random_.Below(static_cast<std::uint32_t>(bound)));
  }
  std::string Number(double low, double high);

  // Within [-limit, limit], scaled or bent.
  Expression Fit(const Expression& e, double limit);
  Expression Positive(const Expression& e);  // at least 0.05

  // A function of one value, of two.
  Expression Unary(const Expression& e);
  Expression Binary(const Expression& a, const Expression& b);
  Expression Product(const Expression& first, const Expression& second);

 private:
  Expression Bounded(const Expression& e);
  Expression Power(const Expression& e);
  Expression Quotient(const Expression& first, const Expression& second);

  RandomStream random_;
};

}  // namespace normlab::equation
