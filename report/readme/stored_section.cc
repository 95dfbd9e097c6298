#include "report/readme/stored_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "config/recipe.h"
#include "config/recorded_recipe.h"
#include "config/shown_value.h"
#include "report/findings/finding_words.h"
#include "report/readme/sections.h"
#include "report/summary/quantities.h"
#include "report/text/sample_text.h"
#include "statistics/family.h"

namespace normlab {
namespace {

constexpr char kRecipe[] = "zoo";
constexpr double kTestImages = 10000;

// What a method may have of its own.
const std::set<std::string> kOfAMethod = {"norm", "weights", "ghost", "lr", "seed"};

struct Row {
  std::string label;
  std::string rate = {};
  std::size_t parameters = 0;
  std::map<std::uint64_t, double> finals = {};
  bool stored = true;

  SampleSummary sample() const {
    std::vector<double> values;
    for (const auto& [seed, value] : finals) values.push_back(value);
    return SummarizeSample(values);
  }
};

std::vector<Row> StoredRows(const std::vector<StoredMethod>& stored) {
  std::vector<Row> rows;
  for (const StoredMethod& method : stored) {
    const std::string weights =
        method.weights == "none" ? "" : fmt::format(", weights {}", method.weights);
    rows.push_back({.label = method.norm + weights,
                    .rate = fmt::format("{}", method.learning_rate),
                    .parameters = method.parameters,
                    .finals = method.finals});
  }
  return rows;
}

std::vector<Row> RowsOfThisRun(const ReadmeContext& context) {
  std::vector<Row> rows;
  for (const Model& model : context.models) {
    Row row = {.label = fmt::format("{} (this run)", Shortened(model.label, 60)), .stored = false};
    for (const ArmRecord* arm : FinishedArms(model)) {
      const double final = Value(*arm, "final_test_accuracy");
      if (std::isfinite(final)) row.finals[arm->seed] = final;
    }
    if (row.finals.empty()) continue;
    const auto arm = static_cast<std::size_t>(model.arms.front() - context.run.arms.data());
    row.rate = SettingOf(context, arm, "lr");
    row.parameters = ParametersOf(context, *model.arms.front());
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string Table(std::vector<Row> rows) {
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           [](const Row& row) { return row.sample().mean; });
  Cells cells = {{"method", "learning rate", "parameters", "n", "test final", "95 % interval"}};
  for (const Row& row : rows) {
    const SampleSummary sample = row.sample();
    cells.push_back({row.label, row.rate, row.parameters == 0 ? "-" : WithCommas(row.parameters),
                     fmt::to_string(sample.n), MeanText(sample, 2), IntervalText(sample, 2)});
  }
  return MarkdownTable(cells, "lrrrrr");
}

// "epochs (5; stored 20)" of every key in which this run is another study.
std::string OtherSettings(const ReadmeContext& context) {
  const auto shipped = std::ranges::find(ShippedRecipes(), kRecipe, &ShippedRecipe::name);
  if (shipped == ShippedRecipes().end()) return "";
  std::vector<std::string> others;
  for (const auto& [key, value] : ReadRecordedRecipe(shipped->text).base) {
    if (kOfAMethod.contains(key) || IsHeading(key)) continue;
    for (std::size_t arm = 0; arm < context.settings.size(); ++arm) {
      const std::string found = SettingOf(context, arm, key);
      if (found.empty() || found == value) continue;
      others.push_back(MarkdownText(fmt::format(
          "{} ({}; stored {})", key, Shortened(ShownValue(key, found), 40), Shortened(value, 40))));
      break;
    }
  }
  return Join(others);
}

// Of the seeds that both have.
Change ChangeFrom(const Row& mine, const Row& stored) {
  Change change = {.differences = {}, .resolution = 100 / kTestImages};
  for (const auto& [seed, value] : mine.finals) {
    const auto other = stored.finals.find(seed);
    if (other != stored.finals.end()) change.differences.push_back(value - other->second);
  }
  return change;
}

std::string Verdicts(const Row& mine, const std::vector<Row>& stored) {
  std::vector<Change> changes;
  for (const Row& row : stored) changes.push_back(ChangeFrom(mine, row));
  const std::vector<JudgedChange> judged = JudgeFamily(changes, kAlpha);
  if (TestsOf(judged) == 0) {
    return fmt::format(
        "{}: no stored method shares three seeds with it, so nothing is tested: `--seeds` with the "
        "stored ones, {}, would.",
        MarkdownText(mine.label), SeedList([&] {
          std::set<std::uint64_t> seeds;
          for (const Row& row : stored) {
            for (const auto& [seed, value] : row.finals) seeds.insert(seed);
          }
          return std::vector<std::uint64_t>(seeds.begin(), seeds.end());
        }()));
  }
  std::vector<std::string> beaten, ahead, open;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (!judged[i].tested) continue;
    auto& list = !judged[i].shown ? open : judged[i].difference.mean > 0 ? beaten : ahead;
    list.push_back(MarkdownText(stored[i].label));
  }
  const auto words = [](const std::vector<std::string>& names) {
    return names.empty() ? std::string("none") : Join(names);
  };
  return fmt::format(
      "{}, paired by seed, Holm over {} tests: better than {}; not distinguishable from {}; worse "
      "than {}.",
      MarkdownText(mine.label), TestsOf(judged), words(beaten), words(open), words(ahead));
}

}  // namespace

std::string StoredTable(const ReadmeContext& context, const std::vector<StoredMethod>& stored) {
  if (stored.empty()) return "";
  const std::vector<Row> kept = StoredRows(stored), own = RowsOfThisRun(context);
  std::vector<Row> all = kept;
  all.insert(all.end(), own.begin(), own.end());
  std::string text =
      "The rows without \"this run\" are trainings that the repository keeps (docs/results/zoo): "
      "each method at the learning rate that was best of three on held-out images, 20 epochs on "
      "all "
      "training images. Accuracies in percent.\n\n" +
      Table(all) +
      "\nThis run's models have the learning rates that they were given. One rate is less than the "
      "stored methods had, and several that are tried on the test set flatter: `normlab run "
      "zoo-rates --norms FILE` tries the three on held-out images.\n";
  const std::string others = OtherSettings(context);
  if (!others.empty()) {
    return text + fmt::format(
                      "\nNothing is tested: this run's settings are others than the stored ones': "
                      "{}.\n",
                      others);
  }
  for (const Row& row : own) text += fmt::format("\n{}\n", Verdicts(row, kept));
  return text;
}

std::string StoredSection(const ReadmeContext& context) {
  return context.run.recipe == kRecipe ? StoredTable(context, StoredResults()) : "";
}

}  // namespace normlab
