// One word of an architecture line, read but not yet placed in a network.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/architecture.h"

namespace normlab {

// Limits that no small network meets; they keep a slip of the keyboard from becoming gigabytes.
inline constexpr int kMaxChannels = 4096;
inline constexpr int kMaxRepeat = 64;
inline constexpr int kMaxLayers = 256;
inline constexpr std::size_t kMaxParameters = std::size_t{1} << 26;

struct Token {
  std::string text;
  int column = 1;  // of its first character in the line, from 1
  LayerKind kind = LayerKind::kConvolution;
  int kernel = 0;    // 3 or 1; the pool's size; 0 for GAP
  int channels = 0;  // convolutions
  int groups = 0;    // 0 when the token does not say
  int repeat = 1;
  bool padded = false;
  bool bare = false;
};

// Throws UsageError naming the token, the column and what was expected there.
std::vector<Token> ParseTokens(std::string_view line);

}  // namespace normlab
