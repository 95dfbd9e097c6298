#include "study/recipe_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "config/plan.h"
#include "study/estimate.h"
#include "study/job_split.h"
#include "study/memory.h"

namespace normlab {
namespace {

template <typename T>
void AddOnce(const T& value, std::vector<T>& values) {
  if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

double EstimatedSeconds(const StudyPlan& plan) {
  std::vector<std::size_t> places(plan.arms.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  return EstimateStudy(plan, ChooseJobSplit(plan, places)).seconds;
}

std::string TimeText(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  if (seconds < 90 * 60) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string EpochsText(const std::vector<int>& epochs) {
  std::vector<std::string> words;
  for (const int each : epochs) words.push_back(fmt::to_string(each));
  return Join(words);
}

}  // namespace

RecipeSummary SummarizeRecipe(const Recipe& recipe) {
  const StudyPlan plan = ResolvePlan(recipe, {});
  CheckPlanFits(plan);
  RecipeSummary summary;
  summary.name = plan.recipe;
  summary.about = plan.about;
  summary.arms = static_cast<int>(plan.arms.size());
  summary.dataset = plan.arms.front().config.dataset;
  for (const Arm& arm : plan.arms) {
    AddOnce(arm.config.model, summary.models);
    AddOnce(arm.norm, summary.norms);
    AddOnce(arm.config.epochs, summary.epochs);
  }
  summary.seconds = EstimatedSeconds(plan);
  return summary;
}

std::string RecipeTable(const std::vector<RecipeSummary>& recipes) {
  constexpr std::size_t kLongestName = 40;
  Cells cells = {{"recipe", "trainings", "epochs", "time here", "data set", "model", "norms"}};
  for (const RecipeSummary& each : recipes) {
    cells.push_back({each.name, fmt::to_string(each.arms), EpochsText(each.epochs),
                     TimeText(each.seconds), Shortened(each.dataset, kLongestName),
                     Shortened(Join(each.models), kLongestName), Join(each.norms)});
  }
  return AlignedTable(cells, "lrrrl");
}

std::string RecipesJson(const std::vector<RecipeSummary>& recipes, const std::string& text) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const RecipeSummary& each : recipes) {
    list.push_back({{"name", each.name},
                    {"about", each.about},
                    {"arms", each.arms},
                    {"dataset", each.dataset},
                    {"models", each.models},
                    {"norms", each.norms},
                    {"epochs", each.epochs},
                    {"estimated_seconds", each.seconds}});
    if (!text.empty()) list.back()["text"] = text;
  }
  const Json document = {{"schema", 1}, {"command", "recipes"}, {"recipes", std::move(list)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace normlab
