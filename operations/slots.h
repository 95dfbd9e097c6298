// What an operation declares beside its maps: tensors that are learned, and state that is not.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace normlab {

enum class ParameterRole { kFilter, kGain, kShift, kOther };

// What a tensor holds before training. kFanIn: U(-b, b) with b = 1 / sqrt(fan in), the number of
// values that one output is made of: kaiming_uniform with a = sqrt(5), nn.Conv2d's default.
// kUniform: U(-constant, constant), for what stands beside a filter: its bias.
// kOfFilter: what `of_filter` makes of the initial filter beside it, [O I Y X].
enum class InitialKind { kConstant, kFanIn, kUniform, kOfFilter };
struct InitialValue {
  InitialKind kind = InitialKind::kConstant;
  double constant = 0;
  std::function<std::vector<double>(std::span<const double> filter, const std::vector<int>& shape)>
      of_filter = {};
};

// Between which values are moved after every update of the optimizer.
struct Bounds {
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
  friend bool operator==(const Bounds&, const Bounds&) = default;
};

// A learned tensor as its operation knows it: "weight" [O, I, kH, kW].
struct ParameterDeclaration {
  std::string name;
  std::vector<int> shape;
  ParameterRole role = ParameterRole::kOther;
  InitialValue initial;
  bool decays = true;  // weight decay and penalties that take all parameters touch it
  Bounds bounds = {};
  int groups = 1;  // of a filter: each reads the channels of one of them alone
};

// A tensor that passes update and no gradient reaches: "running_mean" [C].
struct StateDeclaration {
  std::string name;
  std::vector<int> shape;
  double initial = 0;
};

// Two running values, by their places among an operation's: the mean and the unbiased variance of
// the same values of the map. What several batches showed of them is put together as the mean and
// the variance of all values; every other running value is averaged over the images.
struct RunningMoments {
  std::size_t mean = 0, variance = 0;
  std::size_t values = 0;    // of an image, that one of them pools
  bool of_channels = false;  // of each channel of the input itself
};

// Of an operation with all its states: how often a training pass has updated them.
struct StateDeclarations {
  std::vector<StateDeclaration> tensors;
  std::string counter;  // "num_batches_tracked"; empty: none is kept
  // The tensors are running values of what a batch shows, which an evaluation has instead of the
  // batch's. `moments` are pairs of them.
  bool running_statistics = false;
  std::vector<RunningMoments> moments = {};
};

inline std::size_t SizeOf(const std::vector<int>& shape) {
  std::size_t size = 1;
  for (const int extent : shape) size *= static_cast<std::size_t>(extent);
  return size;
}

}  // namespace normlab
