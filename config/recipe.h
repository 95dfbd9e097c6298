// A recipe: a base and arms, each a list of assignments with their origins. Where the file has
// lists, the arms are their combinations (config/grid.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/keys.h"
#include "config/limits.h"
#include "config/tuning.h"

namespace normlab {

struct Recipe {
  std::string name;   // "fashion"; part of the run folder's name
  std::string about;  // one line
  Limits limits;      // [limits]: for the report; nothing of what is computed depends on them
  std::vector<Setting> base;
  std::vector<std::vector<Setting>> arms;  // at least one; empty settings: the base itself
  std::optional<Tuning> tuning;            // [tune]: what normlab tune draws; a run looks past it
};

struct ShippedRecipe {
  std::string_view name;
  std::string_view text;
};

// recipes/*.toml, compiled into the program.
const std::vector<ShippedRecipe>& ShippedRecipes();

// The text of a path (it ends in .toml or has a slash), of standard input where it is -, or of a
// shipped recipe's name. Throws
// UsageError.
std::string ReadRecipe(const std::string& path_or_name);
Recipe LoadRecipe(const std::string& path_or_name);

// What stands above the arms and is no key: "about", "run", "limits", ...
bool IsHeading(std::string_view key);

// A dotted key or heading is nested as deep as it has dots, and toml++ takes a level of the stack
// for each: some ten thousand in a line would end the program. Throws UsageError naming the line.
void CheckRecipeLines(std::string_view text, const std::string& name);

// Files that the recipe names by its key norm lie relative to `folder` ("": where the program
// runs); without one it may name none, as a text from elsewhere. Throws UsageError naming the
// recipe and the line.
Recipe ParseRecipe(std::string_view text, const std::string& name,
                   const std::optional<std::string>& folder = std::nullopt);

// What a recipe's own files lie relative to: the folder of a path, else where the program runs.
std::string FolderOfRecipe(const std::string& path_or_name);

}  // namespace normlab
