// What a worked example starts from: a small tensor, a method, and the method's parameters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/shape.h"
#include "norm/norm.h"

namespace normlab {

// The most values that x may have: everything is computed and kept in double, several times over.
inline constexpr std::size_t kMostExampleValues = 65536;

struct ExampleInput {
  const NormMethod* method = nullptr;
  int images = 0;
  Shape shape;
  int groups = 1;                   // of group normalization
  bool training = true;             // false: with running statistics, where the method keeps them
  double eps = 1e-5;                // inside the square root; >= 0
  double momentum = 0.1;            // weight of the new value in the running statistics; 0 .. 1
  std::vector<double> x, dy;        // [N][C][H][W]
  std::vector<double> gamma, beta;  // AffineExtents; empty where there is none
  std::vector<double> running_mean, running_var;  // [C]; empty where the method keeps none

  // True where the statistics that normalize are the running ones.
  bool uses_running() const { return !training && method->running_statistics; }
};

// "2x4x2x2"
std::string ExtentsText(const std::vector<int>& extents);
std::vector<int> InputExtents(const ExampleInput& input);  // {N, C, H, W}

// How many weights the method has on such a map.
std::size_t AffineSize(const NormMethod& method, Shape shape);

// The smallest number above 1 that divides the channels; 1 for one channel.
int DefaultGroups(int channels);

// Throws UsageError naming the numbers that divide.
void CheckGroups(int groups, int channels);

// Throws UsageError where groups do not divide the channels, or where a mean would be over one
// value, of which it leaves nothing. PyTorch refuses the latter too (batch and instance).
void CheckStatistics(const ExampleInput& input);

// x: whole numbers from -4 to 5. dy: halves from -1 to 1. Both by address from the seed. gamma and
// beta are halves that differ from channel to channel (or element to element). Running statistics
// start as PyTorch's do, at 0 and 1, in training; in evaluation they are simple numbers that differ
// from channel to channel. `input` has method, images, shape, groups and mode.
void DrawExample(ExampleInput& input, std::uint64_t seed);
std::vector<double> DrawOutputGradient(std::size_t size, std::uint64_t seed);

// The same with one weight for all elements of a channel: the weights that let methods with a
// weight per channel and per element compute alike.
void RepeatChannelAffine(ExampleInput& input);

}  // namespace normlab
