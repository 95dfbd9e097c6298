// What a recipe would do, at a glance: for those who choose one.
#pragma once

#include <string>
#include <vector>

#include "config/recipe.h"

namespace normlab {

struct RecipeSummary {
  std::string name, about;
  int arms = 0;  // trainings, with one seed each
  std::string dataset;
  std::vector<std::string> models, norms;  // each once, in the order of the arms
  std::vector<int> epochs;                 // each once
  double seconds = 0;  // estimated for this machine: augmentation and report come on top
};

// Reads no images. Throws UsageError where the recipe cannot be run, and DataError where a user's
// own data set is none.
RecipeSummary SummarizeRecipe(const Recipe& recipe);

// A line of columns and one of words for each.
std::string RecipeTable(const std::vector<RecipeSummary>& recipes);

// One document, of the fields of RecipeSummary (docs/compare.md). `text`, the recipe's file, is put
// in where it is not empty; then there is one summary.
std::string RecipesJson(const std::vector<RecipeSummary>& recipes, const std::string& text = "");

}  // namespace normlab
