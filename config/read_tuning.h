// From a recipe's tables to its [tune].
#pragma once

#include <toml++/toml.h>

#include <functional>
#include <optional>
#include <string>

#include "config/tuning.h"

namespace normlab {

// How a recipe makes a setting of one of its values: its key, the node, its origin.
using MakeSettingOf = std::function<Setting(const std::string& key, const toml::node& node,
                                            const std::string& origin)>;

// Nothing where the recipe has none. Throws UsageError naming recipe and line: an unknown entry, a
// key that cannot be tuned, a range or a value that the key does not take.
std::optional<Tuning> ReadTuning(const std::string& recipe, const toml::table& table,
                                 const MakeSettingOf& make_setting);

}  // namespace normlab
