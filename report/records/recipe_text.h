// recipe.toml as it was resolved: a key a line, [[run]] above each arm's.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// Keys and their values without the quotes of words; schedule = { name = "plateau", factor = 0.5 }
// is the key itself and schedule.factor, as records have it. Tables of other names, such as
// [limits], are passed over. What is no such text gives what can be read of it.
struct RecipeText {
  std::map<std::string, std::string> base;  // what stands before the first [[run]]
  std::vector<std::map<std::string, std::string>> arms;
};
RecipeText ReadRecipeText(std::string_view text);

// A TOML basic string's quotes and the escapes of quote and backslash taken off; others stay.
std::string Unquoted(std::string_view value);

// The value of a key of the base; empty where the base lacks it.
std::string RecipeValue(std::string_view recipe_text, const std::string& key);

}  // namespace normlab
