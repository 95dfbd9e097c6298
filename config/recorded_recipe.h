// recipe.toml of a run folder: what was resolved, as records have it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// Keys and their values as words; schedule = { name = "plateau", factor = 0.5 } is the key itself
// and schedule.factor, as records have it. Keys that this normlab does not know are there too;
// tables of other names, such as [limits], are passed over. Nothing where the text is no TOML.
struct RecordedRecipe {
  std::map<std::string, std::string> base;  // what stands before the first [[run]]
  std::vector<std::map<std::string, std::string>> arms;
};
RecordedRecipe ReadRecordedRecipe(std::string_view text);

// The value of a key of the base; empty where the base lacks it.
std::string RecordedValue(std::string_view recipe_text, const std::string& key);

}  // namespace normlab
