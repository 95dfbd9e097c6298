// What a recipe wants to be met: [limits].
#pragma once

#include <cstdint>
#include <optional>

namespace normlab {

struct Limits {
  std::optional<std::uint64_t> parameters;  // at most
  std::optional<int> epochs;                // at most
  std::optional<double> accuracy;           // test accuracy in percent, at least
  friend bool operator==(const Limits&, const Limits&) = default;
};

}  // namespace normlab
