#include "app/recipes_command.h"

#include <fmt/format.h>

#include <memory>

#include "app/standard_streams.h"
#include "base/escape.h"
#include "config/plan.h"
#include "study/memory.h"
#include "study/recipe_list.h"

namespace normlab {
namespace {

struct RecipesFlags {
  std::string recipe;
  bool json = false;
};

std::vector<RecipeSummary> ShippedSummaries() {
  std::vector<RecipeSummary> summaries;
  for (const ShippedRecipe& shipped : ShippedRecipes()) {
    summaries.push_back(SummarizeRecipe(ParseRecipe(shipped.text, std::string(shipped.name))));
  }
  return summaries;
}

void PrintList() {
  const std::vector<RecipeSummary> recipes = ShippedSummaries();
  Print("{}\n", RecipeTable(recipes));
  for (const RecipeSummary& each : recipes) {
    Print("{}: {}.\n", PlainLine(each.name), PlainLine(each.about));
  }
  Print(
      "\nTime: with one seed, estimated from training steps on made-up images; augmentation and "
      "the "
      "report come on top.\nnormlab recipes NAME prints the file; normlab run NAME trains it.\n");
}

// A file that cannot be run is refused, not shown.
void PrintRecipe(const RecipesFlags& flags) {
  const std::string text = ReadRecipe(flags.recipe);
  const Recipe recipe = ParseRecipe(text, flags.recipe, FolderOfRecipe(flags.recipe));
  CheckPlanFits(ResolvePlan(recipe, {}));
  PrintText(flags.json ? RecipesJson({SummarizeRecipe(recipe)}, text) : text);
}

}  // namespace

Command AddRecipesCommand(CLI::App& program) {
  const auto flags = std::make_shared<RecipesFlags>();
  CLI::App* recipes = program.add_subcommand(
      "recipes", "The shipped recipes; with a name, that recipe's file, to begin your own with.");
  recipes->add_option("recipe", flags->recipe,
                      "a shipped recipe or a file.toml, printed whole once it is checked");
  recipes->add_flag("--json", flags->json, "one JSON document instead (docs/compare.md)");
  recipes->footer(
      "normlab recipes\nnormlab recipes mnist > mine.toml\nnormlab recipes mine.toml --json");
  return {recipes, [flags](const std::vector<std::string>&) {
            if (!flags->recipe.empty()) {
              PrintRecipe(*flags);
            } else if (flags->json) {
              PrintText(RecipesJson(ShippedSummaries()));
            } else {
              PrintList();
            }
            return ExitCode::kDone;
          }};
}

}  // namespace normlab
