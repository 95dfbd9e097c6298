#include "report/findings/batch_statistics_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/text.h"
#include "report/findings/finding_words.h"
#include "report/summary/finished_models.h"

namespace normlab {
namespace {

constexpr char kFamily[] = "batch against running statistics";

constexpr char kBatch[] = "batch_statistics_test_accuracy", kRunning[] = "final_test_accuracy";

std::vector<double> Differences(const FinishedModel& model) {
  std::vector<double> differences = Values(model, Seeds(model), kBatch);
  std::ranges::transform(differences, Values(model, Seeds(model), kRunning), differences.begin(),
                         std::minus<>());
  return differences;
}

std::string Verdict(const JudgedChange& change, std::size_t tests) {
  if (!change.tested) {
    return fmt::format(
        " With n = {} nothing is tested: this is what was measured on {}, and no more.",
        change.difference.n, change.difference.n == 1 ? "one network" : "these networks");
  }
  const std::string family = FamilyWords(kFamily, tests);
  if (!change.shown) {
    return fmt::format(" Not distinguishable at n = {}{}.", change.difference.n, family);
  }
  return fmt::format(" With batch statistics these networks are {}{}.",
                     change.difference.mean > 0 ? "better" : "worse", family);
}

std::string Sentence(const FinishedModel& model, const JudgedChange& change, std::size_t tests) {
  const std::vector<std::uint64_t> seeds = Seeds(model);
  return fmt::format(
      "{}, {} (n = {}): the same trained network{}, normalizing with each test batch's own "
      "statistics, {} {:.2f} % of the test images right against {:.2f} % with the running "
      "statistics: {}.{}",
      model.label, SeedList(seeds), seeds.size(), seeds.size() == 1 ? "" : "s",
      seeds.size() == 1 ? "gets" : "get", Mean(model, kBatch), Mean(model, kRunning),
      ChangeWords(change), Verdict(change, tests));
}

struct BatchComparisons {
  std::vector<FinishedModel> models;  // with both accuracies
  std::vector<JudgedChange> judged;   // one for each
};

BatchComparisons CompareBatchStatistics(const RunRecord& run, int test_images) {
  BatchComparisons all{WhereKnown(FinishedModels(run), kBatch), {}};
  std::vector<Change> changes;
  for (const FinishedModel& model : all.models) {
    changes.push_back({Differences(model), AccuracyResolution(test_images)});
  }
  all.judged = JudgeFamily(changes, kAlpha);
  return all;
}

std::string ChangesWords(const BatchComparisons& all, bool better) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < all.models.size(); ++i) {
    const JudgedChange& change = all.judged[i];
    if (!change.shown || (change.difference.mean > 0) != better) continue;
    words.push_back(
        fmt::format("{} by {:.2f} points", all.models[i].label, std::abs(change.difference.mean)));
  }
  return words.empty() ? "" : fmt::format("{}: {}", better ? "better" : "worse", Listed(words));
}

std::string Meaning(const BatchComparisons& all) {
  std::vector<std::string> found;
  for (const bool better : {true, false}) {
    const std::string words = ChangesWords(all, better);
    if (!words.empty()) found.push_back(words);
  }
  if (!found.empty()) {
    return fmt::format(
        "Normalizing test images with their own batch's statistics in place of the running ones is "
        "{}.",
        Join(found, "; "));
  }
  return TestsOf(all.judged) == 0
             ? "Whether test images are better normalized with their own batch's statistics or "
               "with "
               "the running ones takes three seeds or more."
             : "Whether test images are normalized with their own batch's statistics or with the "
               "running ones makes no difference that is shown.";
}

}  // namespace

std::vector<std::string> BatchStatisticsFindings(const RunRecord& run, int test_images) {
  const BatchComparisons all = CompareBatchStatistics(run, test_images);
  const auto tests = static_cast<std::size_t>(TestsOf(all.judged));
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < all.models.size(); ++i) {
    sentences.push_back(Sentence(all.models[i], all.judged[i], tests));
  }
  return sentences;
}

Answer BatchStatisticsAnswer(const RunRecord& run, int test_images) {
  const BatchComparisons all = CompareBatchStatistics(run, test_images);
  if (all.models.empty()) return {};
  Cells table = {
      {"model", "running statistics, %", "the batch's own, %", "difference, points", "p"}};
  for (std::size_t i = 0; i < all.models.size(); ++i) {
    const JudgedChange& change = all.judged[i];
    table.push_back({all.models[i].label, fmt::format("{:.2f}", Mean(all.models[i], kRunning)),
                     fmt::format("{:.2f}", Mean(all.models[i], kBatch)), DifferenceCell(change),
                     ProbabilityCell(change)});
  }
  return {Meaning(all), AnswerTable(std::move(table))};
}

}  // namespace normlab
