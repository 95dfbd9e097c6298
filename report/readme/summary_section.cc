#include <fmt/format.h>

#include <cmath>
#include <set>

#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "config/recorded_recipe.h"
#include "report/readme/sections.h"
#include "report/summary/best_models.h"
#include "report/summary/quantities.h"
#include "report/text/sample_text.h"

namespace normlab {
namespace {

constexpr std::size_t kNamedModels = 4;
constexpr std::size_t kLongestLabel = 100;

SampleSummary Of(const Model& model, std::string_view quantity) {
  return Sample(FinishedArms(model), QuantityNamed(quantity));
}

std::string Seeds(const RunRecord& run) {
  std::set<std::uint64_t> seeds;
  for (const ArmRecord& arm : run.arms) seeds.insert(arm.seed);
  std::vector<std::string> words;
  for (const std::uint64_t seed : seeds) words.push_back(fmt::to_string(seed));
  if (words.size() > 12) return fmt::format("{} seeds", words.size());
  return (words.size() == 1 ? "seed " : "seeds ") + Join(words);
}

std::string States(const RunRecord& run) {
  int finished = 0, diverged = 0;
  for (const ArmRecord& arm : run.arms) {
    finished += arm.state == "finished" ? 1 : 0;
    diverged += arm.state == "diverged" ? 1 : 0;
  }
  const int all = static_cast<int>(run.arms.size()), open = all - finished - diverged;
  if (finished == all) return "";
  std::string text = fmt::format(" {} of the {} trainings are finished", finished, all);
  if (diverged > 0) text += fmt::format(", {} diverged", diverged);
  if (open > 0) text += fmt::format(", {} have not ended", open);
  return text + ".";
}

// Where the test images are not counted, no finding says which is better.
std::string Answered(const ReadmeContext& context) {
  const std::string answer = FirstAnswer(context.findings);
  return answer.empty() ? ""
                        : fmt::format(
                              "**{}** How that is known, and what else was found: "
                              "[findings](#findings).\n\n",
                              MarkdownText(answer));
}

std::string ModelNames(const ReadmeContext& context) {
  if (context.models.size() > kNamedModels) return fmt::format("{} models", context.models.size());
  std::vector<std::string> names;
  for (const Model& model : context.models) {
    names.push_back(MarkdownText(Shortened(model.label, kLongestLabel)));
  }
  return Join(names, "; ");
}

std::string MainTable(const ReadmeContext& context, const std::vector<std::size_t>& shown) {
  Cells cells = {{"model", "n", "parameters", "train final", "test max", "test final",
                  "95 % interval of test final"}};
  for (const std::size_t i : shown) {
    const Model& model = context.models[i];
    const SampleSummary test = Of(model, "final_test_accuracy");
    const std::size_t parameters = ParametersOf(context, *model.arms.front());
    cells.push_back({Shortened(model.label, kLongestLabel), fmt::to_string(test.n),
                     parameters == 0 ? "-" : WithCommas(parameters),
                     MeanText(Of(model, "final_train_accuracy"), 2),
                     MeanText(Of(model, "maximum_test_accuracy"), 2), MeanText(test, 2),
                     IntervalText(test, 2)});
  }
  return MarkdownTable(cells);
}

std::string About(const ReadmeContext& context) {
  if (context.several_sources()) return "";
  const std::string about = RecordedValue(context.run.recipe_text, "about");
  if (about.empty()) return "";
  // The recipe's own words: flags may have changed what they speak of.
  return fmt::format("The recipe {}: {}.\n\n", MarkdownText(context.run.recipe),
                     MarkdownText(Shortened(about, 400)));
}

}  // namespace

std::string TitleLine(const ReadmeContext& context) {
  return fmt::format("# {}: {} on {}\n", MarkdownText(Shortened(context.run.recipe, 200)),
                     ModelNames(context), MarkdownText(context.images.title));
}

std::string SummarySection(const ReadmeContext& context) {
  const RunRecord& run = context.run;
  const std::string network = SharedSetting(context, "model");
  const std::string epochs = SharedSetting(context, "epochs");
  std::string text = Answered(context) + About(context);
  text += fmt::format(
      "{} {}{} on {}, in {} {}{} ({}).{}\n\n", context.models.size(),
      context.models.size() == 1 ? "model" : "models",
      network.empty() ? "" : " of the network " + MarkdownText(Shortened(network, 80)),
      MarkdownText(context.images.title), run.arms.size(),
      run.arms.size() == 1 ? "training" : "trainings",
      epochs.empty() ? "" : " of " + MarkdownText(epochs) + " epochs", Seeds(run), States(run));
  std::vector<std::size_t> shown;
  if (context.models.size() > kFewModels) {
    shown = BestOfEachNorm(run, context.models);
    text += fmt::format("The best model of each normalization, {}; [all](#results):\n\n",
                        HowBestWereChosen(run));
  } else {
    for (std::size_t i = 0; i < context.models.size(); ++i) shown.push_back(i);
  }
  text += MainTable(context, shown);
  return text +
         "\nAccuracies in percent: mean ± standard deviation over n finished seeds, and the 95 % t "
         "interval of the mean. Final: after the last epoch. Max: the highest of all epochs, which "
         "flatters. Train: the running mean over the epoch's batches, as trained.\n";
}

}  // namespace normlab
