// An equation with everything that an application of it reads, and the kinks that it stands near.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "norm/equation/twin.h"
#include "tests/norm/random_equation.h"

namespace normlab::equation {

using Doubles = std::vector<double>;

// All values are exact in float32.
struct EquationCase {
  std::string text;
  Equation equation;
  Extents extents;
  Constants constants;
  Doubles x, y_gradient;
  std::vector<Doubles> learned;  // beside equation.learned
  std::vector<Doubles> running;  // beside equation.statements

  // The seed, the equation and the extents, for a message.
  std::string Told() const;
  std::uint64_t seed = 0;
};

// A random equation with random values, near no kink in training and in evaluation, all finite. The
// same for the same seed.
EquationCase MakeRandomCase(std::uint64_t seed);

// Values for a given equation; learned values around 1 where their names begin with w or g, and
// around 0 elsewhere. Of a filter's equation x is the filter, whose outputs are the extents'
// images.
EquationCase MakeCase(const std::string& text, const Extents& extents, std::uint64_t seed,
                      Domain domain = Domain::kMap);

// The same with each value of x, of the gradient and of what is learned moved to a neighbour in
// float32, or not at all; others for each `item`.
EquationCase Neighbour(EquationCase one, std::uint32_t item);

// Whether a variance is of one value, which is refused.
bool VarianceOfOneValue(const Equation& equation, const Extents& extents);

// Whether a function stands within 1e-3 of a kink (of the largest of its values, where that is
// below 1): arguments of relu and abs near 0, of max and min near each other, of clip near its
// bounds, two values of a pooled max or min near each other, a norm near zero.
bool NearKink(const EquationCase& one, bool training);

template <class T>
std::vector<T> ToScalars(const Doubles& values) {
  return {values.begin(), values.end()};
}
template <class T>
std::vector<std::vector<T>> AllToScalars(const std::vector<Doubles>& values) {
  std::vector<std::vector<T>> result;
  for (const Doubles& each : values) result.push_back(ToScalars<T>(each));
  return result;
}

double Largest(const Doubles& values);  // in absolute value; NaN where there is one

}  // namespace normlab::equation
