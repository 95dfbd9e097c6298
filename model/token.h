// The words of an architecture line, read but not yet placed in a network.
#pragma once

#include <string_view>
#include <vector>

#include "model/architecture.h"

namespace normlab {

// Limits that no small network meets; they keep a slip of the keyboard from becoming gigabytes.
inline constexpr int kMaxChannels = 4096;
inline constexpr int kMaxRepeat = 64;
inline constexpr int kMaxLayers = 256;
inline constexpr std::size_t kMaxParameters = std::size_t{1} << 26;

// What each word says of its layer: the token, its kind, kernel, padding, channels (those of its
// output), repetition, and the groups where it says them (else 0). Names and shapes come with the
// place. Throws UsageError naming the token, the column and what was expected there.
std::vector<Layer> ParseTokens(std::string_view line);

}  // namespace normlab
