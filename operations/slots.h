// What an operation declares beside its maps: tensors that are learned, and state that is not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace normlab {

enum class ParameterRole { kFilter, kGain, kShift, kOther };

// What a tensor holds before training. kFanIn: U(-b, b) with b = 1 / sqrt(fan in), the number of
// values that one output is made of: kaiming_uniform with a = sqrt(5), nn.Conv2d's default.
enum class InitialKind { kConstant, kFanIn };
struct InitialValue {
  InitialKind kind = InitialKind::kConstant;
  double constant = 0;
};

// A learned tensor as its operation knows it: "weight" [O, I, kH, kW].
struct ParameterDeclaration {
  std::string name;
  std::vector<int> shape;
  ParameterRole role = ParameterRole::kOther;
  InitialValue initial;
  bool decays = true;  // weight decay and penalties that take all parameters touch it
};

// A tensor that passes update and no gradient reaches: "running_mean" [C].
struct StateDeclaration {
  std::string name;
  std::size_t size = 0;
  double initial = 0;
};

// Of an operation with all its states: how often a training pass has updated them.
struct StateDeclarations {
  std::vector<StateDeclaration> tensors;
  std::string counter;  // "num_batches_tracked"; empty: none is kept
  // tensors[0] and [1] are the running mean and the running unbiased variance of each channel of
  // the input, with which an evaluation normalizes instead of the batch's.
  bool running_statistics = false;
};

inline std::size_t SizeOf(const std::vector<int>& shape) {
  std::size_t size = 1;
  for (const int extent : shape) size *= static_cast<std::size_t>(extent);
  return size;
}

}  // namespace normlab
