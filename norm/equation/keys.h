// The keys that an equation may name: numbers that settings or shapes give.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "norm/equation/axes.h"

namespace normlab::equation {

// fan_in: of a filter, I Y X, the values that one output is made of. Every other is a map's.
enum class Key { kEps, kMomentum, kGroups, kGhost, kFanIn };

// Null where the domain has none of this name.
const Key* FindKey(std::string_view name, Domain domain);
std::string_view KeyName(Key key);
std::vector<std::string> KeyNames(Domain domain);

}  // namespace normlab::equation
