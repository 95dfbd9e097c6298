#include "report/tuning/tuning_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"
#include "base/file.h"
#include "base/owned_folder.h"
#include "base/text.h"
#include "base/text_table.h"
#include "config/plan.h"
#include "records/study_index.h"
#include "records/trials.h"
#include "report/readme/markdown.h"
#include "report/tuning/response_chart.h"
#include "statistics/expected_maximum.h"
#include "statistics/sample.h"

namespace normlab {
namespace {

struct TuningRecord {
  std::string folder;
  Recipe recipe;
  StudyIndex index;
  Trials trials;
  StudyPlan arms;
};

TuningRecord ReadTuningFolder(const std::string& folder) {
  TuningRecord record;
  record.folder = folder;
  record.recipe = ParseRecipe(ReadFile(folder + "/recipe.toml"), folder + "/recipe.toml");
  record.index = ReadStudyIndex(folder);
  record.trials = ReadTrials(folder + "/trials.csv");
  record.arms = ResolvePlan(record.recipe, {});
  return record;
}

std::vector<const TrialRecord*> TrialsOf(const TuningRecord& record, const std::string& arm) {
  std::vector<const TrialRecord*> rows;
  for (const TrialRecord& row : record.trials.rows) {
    if (row.arm == arm) rows.push_back(&row);
  }
  return rows;
}

std::vector<double> FinishedAccuracies(const TuningRecord& record, const std::string& arm) {
  std::vector<double> accuracies;
  for (const TrialRecord* row : TrialsOf(record, arm)) {
    if (row->state == "finished") accuracies.push_back(row->validation_accuracy);
  }
  return accuracies;
}

std::string Percent(double value) { return std::isnan(value) ? "-" : fmt::format("{:.2f}", value); }

// How far the highest of `count` equals would lie above them by the choice of the held-out images:
// the deviation of an accuracy in percent over `images` is sqrt(a (100 - a) / images).
double Flattery(double accuracy, int images, int count) {
  return ExpectedMaximum(count) * std::sqrt(accuracy * (100 - accuracy) / images);
}

Cells BestCells(const TuningRecord& record) {
  Cells cells = {{"arm", "trials", "to the end", "best trial", "held-out", "loss", "flattery"}};
  for (const std::string& key : record.trials.keys) cells.front().push_back(key);
  const int images = record.arms.arms.front().config.validation;
  for (const Arm& arm : record.arms.arms) {
    const TrialRecord* best = BestTrial(record.trials, arm.label);
    const auto finished = FinishedAccuracies(record, arm.label);
    const auto count = static_cast<int>(TrialsOf(record, arm.label).size());
    std::vector<std::string> row = {arm.label, fmt::to_string(count),
                                    fmt::to_string(finished.size())};
    if (best == nullptr) {
      row.resize(cells.front().size(), "-");
    } else {
      row.push_back(fmt::to_string(best->trial));
      row.push_back(Percent(best->validation_accuracy));
      row.push_back(fmt::format("{:.4f}", best->validation_loss));
      row.push_back(fmt::format("{:.2f}", Flattery(best->validation_accuracy, images, count)));
      row.insert(row.end(), best->values.begin(), best->values.end());
    }
    cells.push_back(std::move(row));
  }
  return cells;
}

// Best first.
std::string AllTrials(const TuningRecord& record) {
  std::vector<const TrialRecord*> rows;
  for (const TrialRecord& row : record.trials.rows) rows.push_back(&row);
  std::ranges::stable_sort(rows, [](const TrialRecord* a, const TrialRecord* b) {
    if (a->arm != b->arm) return false;
    if (a->epochs != b->epochs) return a->epochs > b->epochs;
    return a->validation_accuracy > b->validation_accuracy;
  });
  Cells cells = {{"arm", "trial", "state", "epochs", "held-out", "loss"}};
  for (const std::string& key : record.trials.keys) cells.front().push_back(key);
  for (const TrialRecord* row : rows) {
    cells.push_back(
        {row->arm, fmt::to_string(row->trial), row->state, fmt::to_string(row->epochs),
         Percent(row->validation_accuracy),
         std::isnan(row->validation_loss) ? "-" : fmt::format("{:.4f}", row->validation_loss)});
    cells.back().insert(cells.back().end(), row->values.begin(), row->values.end());
  }
  return MarkdownTable(cells, "lrlr");
}

std::string SearchText(const TuningRecord& record) {
  const Tuning& tuning = *record.recipe.tuning;
  const int epochs = record.arms.arms.front().config.epochs;
  if (tuning.search == "random") {
    return fmt::format("Random search: every trial trains {} epochs.", epochs);
  }
  std::vector<std::string> rungs;
  for (const int rung : RungsOf(tuning, epochs)) rungs.push_back(fmt::to_string(rung));
  return fmt::format(
      "Successive halving (Jamieson & Talwalkar 2016): trials are compared after epochs {}; behind "
      "each but the last the better {:.0f} % of an arm's trials go on. The schedule of a trial is "
      "that of all {} epochs from its beginning.",
      Join(rungs), 100 * tuning.keep, epochs);
}

std::string Ranges(const TuningRecord& record) {
  Cells cells = {{"key", "drawn from"}};
  for (const TunedKey& key : record.recipe.tuning->keys) {
    std::vector<std::string> values;
    for (const Setting& value : key.values) values.push_back(value.value);
    cells.push_back(
        {key.key, key.values.empty()
                      ? fmt::format("{} to {}{}", key.low, key.high,
                                    key.logarithmic ? ", uniformly in the logarithm" : "")
                      : "one of " + Join(values)});
  }
  return MarkdownTable(cells, "ll");
}

std::string Page(const TuningRecord& record, const std::vector<Figure>& figures,
                 const std::vector<std::string>& complaints) {
  const Config& config = record.arms.arms.front().config;
  const int images = config.validation;
  const int trials = record.recipe.tuning->trials;
  std::string text = fmt::format("# Tuning {}: {}\n\n", MarkdownText(record.recipe.name),
                                 MarkdownText(record.recipe.about));
  text += fmt::format(
      "**{} trials of each of {} arm{}, compared on {} held-out training images of {}; no test "
      "image was loaded into it.** Every arm has the same {} points and the same budget.\n\n{} "
      "Seed "
      "{}.\n\n{}\n",
      trials, record.arms.arms.size(), record.arms.arms.size() == 1 ? "" : "s", images,
      MarkdownText(config.dataset), trials, SearchText(record), config.seed, Ranges(record));
  text += "## The best trial of each arm\n\n" + MarkdownTable(BestCells(record)) + "\n";
  text += fmt::format(
      "Held-out: accuracy in percent after the last epoch. It flatters: it is the highest of "
      "several. Flattery: if all trials of the arm were equally good, the highest of {} would lie "
      "about so many points above them by the choice of the {} held-out images alone ({:.2f} "
      "deviations of a binomial share); trials on the same images vary together, so it is rather "
      "less, and the noise of seeds comes on top. What a method reaches is told by fresh seeds and "
      "the test set: "
      "`normlab run tuned.toml --seeds 3`.\n\n",
      trials, images, ExpectedMaximum(trials));
  text += "## The response to each key\n\n";
  int number = 0;
  text += FigureList(figures, number);
  for (const std::string& complaint : complaints) text += "- " + MarkdownText(complaint) + "\n";
  text += "\n" + Folded("Every trial", AllTrials(record)) +
          "\nAlso here: [trials.csv](trials.csv), [recipe.toml](recipe.toml), "
          "[tuned.toml](tuned.toml), each arm as its best trial has it.\n\n" +
          std::string("Written by normlab tune.\n");
  return text;
}

}  // namespace

std::vector<std::string> WriteTuningPage(const std::string& folder) {
  const TuningRecord record = ReadTuningFolder(folder);
  std::vector<Figure> figures;
  for (std::size_t k = 0; k < record.trials.keys.size(); ++k) {
    figures.push_back(ResponseChart(record.trials, k, record.recipe.tuning->keys[k]));
  }
  std::vector<Figure*> all;
  for (Figure& figure : figures) all.push_back(&figure);
  OwnedFolder owned(folder);
  const DrawnFigures drawn = DrawFigures(owned, all);
  std::vector<std::string> lines = drawn.complaints;
  for (const std::string& kept :
       owned.WriteWhatIsOurs({{"README.md", Page(record, figures, drawn.complaints)}})) {
    lines.push_back(
        fmt::format("{}/{}: kept as it is, changed since normlab wrote it", folder, kept));
  }
  return lines;
}

std::string TuningTable(const std::string& folder) {
  return AlignedTable(BestCells(ReadTuningFolder(folder)));
}

}  // namespace normlab
