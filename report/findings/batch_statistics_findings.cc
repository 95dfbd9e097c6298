#include "report/findings/batch_statistics_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

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

}  // namespace

std::vector<std::string> BatchStatisticsFindings(const RunRecord& run, int test_images) {
  const std::vector<FinishedModel> models = WhereKnown(FinishedModels(run), kBatch);
  std::vector<Change> changes;
  for (const FinishedModel& model : models) {
    changes.push_back({Differences(model), AccuracyResolution(test_images)});
  }
  const std::vector<JudgedChange> judged = JudgeFamily(changes, kAlpha);
  const auto tests = static_cast<std::size_t>(TestsOf(judged));
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < models.size(); ++i) {
    sentences.push_back(Sentence(models[i], judged[i], tests));
  }
  return sentences;
}

}  // namespace normlab
