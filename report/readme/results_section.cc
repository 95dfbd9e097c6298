#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"
#include "base/text_table.h"
#include "report/readme/markdown.h"
#include "report/readme/results_table.h"
#include "report/readme/sections.h"
#include "report/summary/result_table.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestLabel = 100;
constexpr std::size_t kOpenArms = 12;  // a table of more is folded

bool AnyClean(const RunRecord& run) {
  return std::any_of(run.arms.begin(), run.arms.end(),
                     [](const ArmRecord& arm) { return arm.last.has_value(); });
}

bool HasViews(const ArmRecord& arm) { return !std::isnan(Value(arm, "views_test_accuracy")); }

bool IsAveraged(const ArmRecord& arm) {
  const auto average = arm.settings.find("average");
  return average != arm.settings.end() && average->second != "none";
}

// Whose weights the test columns speak of.
std::string AverageNote(const RunRecord& run) {
  if (std::ranges::none_of(run.arms, IsAveraged)) return "";
  return "- Where weights are averaged (the key `average`), test, held-out and clean train columns "
         "are "
         "those of the average; train columns are those of the weights that are trained.\n";
}

std::string ViewsNote(const RunRecord& run) {
  if (std::ranges::none_of(run.arms, HasViews)) return "";
  return "- Test, several views: of the views of each test image that the key `tta` names, "
         "together; "
         "every other test column is of the image alone.\n";
}

QuantityList Known(const std::vector<std::string_view>& names, bool clean) {
  QuantityList quantities = QuantitiesNamed(names);
  if (!clean) {
    std::erase_if(quantities, [](const Quantity* each) { return each->name.starts_with("clean"); });
  }
  return quantities;
}

QuantityList Accuracies(const RunRecord& run, bool clean) {
  std::vector<std::string_view> names = {"maximum_train_accuracy",   "final_train_accuracy",
                                         "clean_train_accuracy",     "maximum_test_accuracy",
                                         "best_epoch_test_accuracy", "final_test_accuracy"};
  if (std::ranges::any_of(run.arms, HasViews)) names.push_back("views_test_accuracy");
  return Known(names, clean);
}

QuantityList Others(bool clean) {
  return Known({"final_test_loss", "clean_train_loss", "seconds_per_epoch"}, clean);
}

std::string BestEpochs(const Model& model) {
  int low = 0, high = 0;
  for (const ArmRecord* arm : FinishedArms(model)) {
    if (arm->best_epoch < 1) continue;
    low = low == 0 ? arm->best_epoch : std::min(low, arm->best_epoch);
    high = std::max(high, arm->best_epoch);
  }
  if (high == 0) return "-";
  return low == high ? fmt::to_string(low) : fmt::format("{} to {}", low, high);
}

std::string ModelTable(const ReadmeContext& context, const QuantityList& quantities,
                       bool best_epoch) {
  ResultTable table = ModelResults(context.models, quantities);
  table.titles.words.push_back("n");
  if (best_epoch) table.titles.ending.push_back("best epoch");
  for (std::size_t i = 0; i < context.models.size(); ++i) {
    const Model& model = context.models[i];
    table.rows[i].words = {Shortened(model.label, kLongestLabel), FinishedText(model)};
    if (best_epoch) table.rows[i].ending.push_back(BestEpochs(model));
  }
  return MarkdownTable(ResultCells(table, {"final_test_accuracy", "final_test_loss"}));
}

std::string TrainingTable(const ReadmeContext& context, const QuantityList& quantities) {
  const std::vector<ArmRecord>& arms = context.run.arms;
  const bool states =
      std::ranges::any_of(arms, [](const ArmRecord& arm) { return arm.state != "finished"; });
  ResultTable table = TrainingResults(context.run, quantities);
  table.titles.words.push_back("best epoch");
  if (states) table.titles.ending.push_back("state");
  for (std::size_t i = 0; i < arms.size(); ++i) {
    table.rows[i].words = {Shortened(arms[i].label, kLongestLabel), fmt::to_string(arms[i].seed),
                           BestEpochText(arms[i])};
    if (states) table.rows[i].ending.push_back(arms[i].state);
  }
  return MarkdownTable(ResultCells(table));
}

std::string CleanNote(const RunRecord& run) {
  for (const ArmRecord& arm : run.arms) {
    if (!arm.last) continue;
    return fmt::format(
        "- Clean train: after the last epoch, in evaluation mode and without augmentation, on {} "
        "training images that are the same for all models.\n",
        arm.last->clean_train_images);
  }
  return "";
}

// Runs of both kinds in one report have no sentence in common.
bool BestDiffer(const ReadmeContext& context) {
  return std::any_of(context.sources.begin(), context.sources.end(), [&](const RunRecord& run) {
    return run.best_on_validation != context.sources.front().best_on_validation;
  });
}

}  // namespace

std::string ResultsSection(const ReadmeContext& context) {
  const bool clean = AnyClean(context.run);
  const QuantityList accuracies = Accuracies(context.run, clean), others = Others(clean);
  std::string text = "Accuracies in percent:\n\n" + ModelTable(context, accuracies, false) +
                     "\nLosses in nats per image, without penalties:\n\n" +
                     ModelTable(context, others, true);
  if (context.run.arms.size() > context.models.size() ||
      FinishedArms(context.models.front()).size() < context.models.front().arms.size()) {
    QuantityList all = accuracies;
    all.insert(all.end(), others.begin(), others.end());
    const std::string table = TrainingTable(context, all);
    text += context.run.arms.size() > kOpenArms ? Folded("Every training", table)
                                                : "\nEvery training:\n\n" + table;
  }
  text += "\n";
  if (BestDiffer(context)) {
    text +=
        "- Best epoch: picked on held-out training images in some of the runs and on the test "
        "set in others, where its accuracy flatters; compare the final column.\n";
  } else {
    text += "- " + MarkdownText(BestEpochNote(context.run)) + "\n";
  }
  for (const std::string& note : ResultNotes(context.run)) text += "- " + MarkdownText(note) + "\n";
  return text + CleanNote(context.run) + AverageNote(context.run) + ViewsNote(context.run) +
         "- Every training with every quantity, in full: [results.csv](results.csv).\n";
}

}  // namespace normlab
