// What an equation gives on a device, held against its twin: no further from it than float32 costs.
#pragma once

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "tests/norm/equation_case.h"

namespace normlab {

// Arrays of an application, in their order: of training, then of evaluation.
struct Arrays {
  std::vector<std::string> names;
  std::vector<equation::Doubles> values;

  template <typename Values>
  void Add(const std::string& name, const Values& array) {
    names.push_back(name);
    values.emplace_back(array.begin(), array.end());
  }
};

inline double Distance(const equation::Doubles& a, const equation::Doubles& b) {
  double farthest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) != std::isnan(b[i])) return INFINITY;
    farthest = std::max(farthest, std::abs(a[i] - b[i]));
  }
  return farthest;
}

// Of a filter's equation without an evaluation, which is no other pass.
template <typename T>
Arrays OfTwin(const equation::EquationCase& one) {
  equation::Twin<T> twin(one.equation, one.extents, one.constants);
  const auto x = equation::ToScalars<T>(one.x);
  const auto learned = equation::AllToScalars<T>(one.learned);
  const auto running = equation::AllToScalars<T>(one.running);
  Arrays arrays;
  twin.Forward(x, learned, running, true);
  twin.Backward(equation::ToScalars<T>(one.y_gradient));
  arrays.Add("y", twin.y());
  arrays.Add("dx", twin.x_gradient());
  for (std::size_t i = 0; i < one.learned.size(); ++i) {
    arrays.Add("gradient of " + one.equation.learned[i].name, twin.learned_gradient(i));
  }
  if (one.equation.domain == equation::Domain::kFilter) return arrays;
  std::vector<T> observed;
  for (std::size_t s = 0; s < one.equation.statements.size(); ++s) {
    if (!one.equation.statements[s].running) continue;
    for (const T value : twin.Observed(s)) observed.push_back(value);
  }
  if (!observed.empty()) arrays.Add("observed", observed);
  twin.Forward(x, learned, running, false);
  arrays.Add("evaluated y", twin.y());
  return arrays;
}

// Four times what float32 costs the twin at the values or at some of their neighbours, and never
// less than some units in the last place of an array's largest value: as the fast program is held
// (tests/norm/equation_fast_test.cc). Empty where the arrays are as near as that.
inline std::string DistancesFromTwin(const equation::EquationCase& one, const Arrays& device) {
  constexpr double kNothing = 0x1p-30;
  const Arrays exact = OfTwin<double>(one), plain = OfTwin<float>(one);
  if (device.names != exact.names) return "other arrays";
  std::string text;
  for (std::size_t i = 0; i < exact.values.size(); ++i) {
    const double distance = Distance(device.values[i], exact.values[i]);
    double granted = 8 * std::ldexp(equation::Largest(exact.values[i]), -24) + kNothing;
    granted = std::max(granted, Distance(plain.values[i], exact.values[i]));
    for (std::uint32_t item = 1; item <= 16 && distance > 4 * granted; ++item) {
      const Arrays near = OfTwin<float>(equation::Neighbour(one, item));
      granted = std::max(granted, Distance(near.values[i], exact.values[i]));
    }
    if (distance <= 4 * granted) continue;
    std::ostringstream line;
    line << exact.names[i] << ": " << distance << " from the twin, granted " << 4 * granted
         << ", largest value " << equation::Largest(exact.values[i]) << "\n";
    text += line.str();
  }
  return text;
}

}  // namespace normlab
