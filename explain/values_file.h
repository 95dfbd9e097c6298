// A user's numbers: JSON with `x` (nested arrays [N][C][H][W]) and optionally `dy`, `eps`,
// `momentum`, `steps` and what the method learns and keeps, by name (`weight`, `running_mean`). A
// document that `normlab explain --json` wrote is taken by its key `inputs`.
//
// Errors are DataError, one line that names the file, the key and the indices (or the line and
// column, where the text is no JSON). Bounded in size, depth and count, so that no file can take
// unbounded memory.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "explain/example_input.h"

namespace normlab {

inline constexpr std::size_t kMostValuesFileBytes = std::size_t{32} << 20;

struct NestedValues {
  std::vector<int> extents;
  std::vector<double> values;  // row-major, finite
};

struct ExampleValues {
  std::string origin;  // the file's name, for messages
  NestedValues x;
  std::optional<NestedValues> dy;
  std::optional<double> momentum, eps, steps;
  std::map<std::string, NestedValues> named;  // every other key
};

// The key of a learned value: its name, with "learned_" before those that mean something else.
std::string LearnedKey(std::string_view name);

ExampleValues ReadExampleValues(const std::string& path);
// `origin` is what messages call it.
ExampleValues ParseExampleValues(std::string_view text, const std::string& origin);

enum class FitValues {
  kExactly,
  kLoosely  // a method without a key leaves it; a weight per channel serves all its elements
};

// Into `input`, which has method, groups, ghost and mode: the values, checked against the extents
// that the method asks for. What the file leaves out is as a new layer has it: learned and running
// values as they begin, momentum 0.1, eps 1e-5, no step completed; dy is drawn
// (DrawOutputGradient).
void TakeExampleValues(const ExampleValues& values, FitValues fit_values, std::uint64_t seed,
                       ExampleInput& input);

// Throws DataError for a key of the file that none of the methods has a use for.
void CheckValuesAreUsed(const ExampleValues& values, const std::vector<const NormMethod*>& methods);

}  // namespace normlab
