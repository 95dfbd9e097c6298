// How many random equations a test takes, and from which seed: NORMLAB_EQUATIONS, NORMLAB_SEED.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

namespace normlab::equation {

inline std::uint64_t NumberOfEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Calls visit(seed) for as many seeds in a row, after it has printed which. AddressSanitizer is
// slow with them; a tenth has every kernel and every room of memory.
template <class Visit>
void ForEachSeed(std::uint64_t count, const Visit& visit) {
#ifdef __SANITIZE_ADDRESS__
  count = (count + 9) / 10;
#endif
  const std::uint64_t equations = NumberOfEnvironment("NORMLAB_EQUATIONS", count);
  const std::uint64_t first = NumberOfEnvironment("NORMLAB_SEED", 1);
  std::cout << equations << " equations, NORMLAB_SEED=" << first << "\n";
  for (std::uint64_t i = 0; i < equations; ++i) visit(first + i);
}

}  // namespace normlab::equation
