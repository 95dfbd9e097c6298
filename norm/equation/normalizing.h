// What an equation does to x as a whole, so far as its tree shows it.
#pragma once

#include <cstddef>
#include <vector>

#include "norm/equation/equation.h"
#include "norm/equation/extents.h"

namespace normlab::equation {

struct Normalizing {
  bool has_statistics = false;  // else y depends on x value by value
  bool subtracts_mean = false;  // an expression less its own average, or a sum of its averages
  bool divides = false;         // by what depends on a statistic
  // y(a x) = y(x) for every a > 0, but for eps: shown where each sum adds what scales alike.
  bool scale_invariant = false;
};
Normalizing NormalizingOf(const Equation& equation);

// Whether y depends on x where the reductions of `lone` (LoneReductions) pool one value: what is
// less its own mean is 0 then, and so is a variance.
bool KeepsInput(const Equation& equation, const std::vector<bool>& lone);

// A division of an expression by its own magnitude, such as x / sqrt(avg[H W](x^2) + eps), which is
// its sign where the magnitude is pooled of it alone.
struct SignAlone {
  std::size_t quotient = 0, reduction = 0, of = 0;  // nodes
};
std::vector<SignAlone> SignsAlone(const Equation& equation, const std::vector<bool>& lone);

// A quotient that is divided by its deviation or root mean square over these axes and by nothing
// else: none of n values is beyond sqrt(n), nor beyond sqrt(n - 1) where they are centred
// (Samuelson's inequality).
struct Standardized {
  Axes pooled;
  bool centred = false;
};
std::vector<Standardized> StandardizedOver(const Equation& equation);

// Whether the mean of y over the pixels of each channel of an image is the same for every x: y is
// what was centred there, times and plus what is one for a channel.
bool HasConstantChannelMeans(const Equation& equation, const Extents& extents);

}  // namespace normlab::equation
