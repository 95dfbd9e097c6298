// How many random cases a test draws, and which.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace normlab {

inline std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

}  // namespace normlab
