// A key of recipe.toml as it was resolved.
#pragma once

#include <string>

namespace normlab {

// The value of a key of the resolved recipe's base (what stands before the first [[run]]), as it is
// written there, quotes taken off a string; empty when the base lacks it.
std::string RecipeValue(const std::string& recipe_text, const std::string& key);

}  // namespace normlab
