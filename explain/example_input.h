// What a worked example starts from: a small tensor, a method, and all that its equation reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "norm/equation/formula.h"
#include "norm/equation/places.h"
#include "norm/equation/twin.h"
#include "norm/norm.h"

namespace normlab {

using equation::Axes;
using Doubles = std::vector<double>;

// The most values that x may have: everything is computed and kept in double, several times over.
inline constexpr std::size_t kMostExampleValues = 65536;

struct ExampleInput {
  const NormMethod* method = nullptr;
  equation::Extents extents;      // of x, with groups and ghost batches
  equation::Constants constants;  // eps >= 0, momentum 0 .. 1, optimizer steps completed
  bool training = true;           // false: with running values, where the method keeps them
  Doubles x, dy;                  // [N][C][H][W]
  std::vector<Doubles> learned;   // beside the equation's learned values
  std::vector<Doubles> running;   // beside its statements; empty where none is kept

  const equation::Equation& equation() const { return method->equation->equation; }
  // What statement `i` keeps is called, and its axes.
  const std::string& state(std::size_t i) const { return method->equation->states[i]; }
  Axes state_axes(std::size_t i) const;
};

// "2x4x2x2"
std::string ExtentsText(const std::vector<int>& extents);
std::string InputExtentsText(const ExampleInput& input);

// The smallest number above 1 that divides the channels; 1 for one channel.
int DefaultGroups(int channels);
// Half of the images; the larger half.
inline int DefaultGhost(int images) { return (images + 1) / 2; }

// Throws UsageError naming the numbers that divide.
void CheckGroups(int groups, int channels);

// x: whole numbers from -4 to 5. dy: halves from -1 to 1. Both by address from the seed. Learned
// values are simple numbers around their initial ones that differ from place to place, within their
// bounds. Running values are as they start in training; in evaluation they are simple numbers too.
// `input` has method, extents and mode.
void DrawExample(ExampleInput& input, std::uint64_t seed);
Doubles DrawOutputGradient(std::size_t size, std::uint64_t seed);

// What DrawExample gives for learned value or statement `i`; `per_channel`: as if it were the same
// for all elements of a channel, so that methods with a weight per channel and per element compute
// alike.
Doubles DrawnLearned(const ExampleInput& input, std::size_t i, bool per_channel = false);
Doubles DrawnRunning(const ExampleInput& input, std::size_t i);

// The numbers of `input` under another method: learned and running values of the same name and axes
// are taken over, others drawn.
ExampleInput WithMethod(const ExampleInput& input, const NormMethod& method,
                        bool per_channel = false);

}  // namespace normlab
