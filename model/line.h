// An architecture line as the tree that it is, before any layer has a place or a shape:
//
//   line    item { item }                  item   layer [ "*" N ]  |  group [ join ] [ "*" N ]
//   group   "(" branch { "|" branch } ")"  join   "+" [ "A" | "B" ] [ ":" activation ] [ "!" ]  |
//   "&"
//
// White space separates layers and may stand around ( ) and |. A branch without layers passes its
// input on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/architecture.h"

namespace normlab {

inline constexpr int kMaxDepth = 16;  // of brackets within brackets

// What a sum has of its input where a single branch stands in the brackets. kPadded: every
// stride-th pixel, and channels of zeros; kProjected: a 1x1 convolution with its normalization.
enum class Shortcut { kIdentity, kPadded, kProjected };

// How branches become one map.
struct Joining {
  LayerKind kind = LayerKind::kSum;  // or kConcatenation
  Shortcut shortcut = Shortcut::kIdentity;
  std::string activation;  // its own; empty: the model's
  bool bare = false;       // no activation behind it
};

struct Item;
using Branch = std::vector<Item>;

// A layer, or branches; `times` over, each time with weights of its own.
struct Item {
  std::optional<Layer> layer;
  std::vector<Branch> branches;  // where it is no layer; one or more
  std::optional<Joining> join;   // of branches; without it there is one, which stands for itself
  int times = 1;
  std::string text;  // of branches and their join, as written
};

// Throws UsageError naming what could not be read, its column and what was expected there.
Branch ParseLine(std::string_view line);

// One space between layers, none inside of brackets next to them, one on either side of |.
std::string CanonicalLine(std::string_view line);

}  // namespace normlab
