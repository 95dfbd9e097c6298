#include "report/findings/model_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "report/findings/compared_accuracies.h"
#include "report/findings/finding_words.h"
#include "report/findings/learned_models.h"
#include "report/findings/network_findings.h"
#include "report/findings/pair_findings.h"
#include "report/summary/finished_models.h"

namespace normlab {
namespace {

constexpr std::size_t kMostTold = 10;  // trainings that are not counted, by name

std::string Ranking(const std::vector<NamedSample>& samples,
                    const std::vector<std::uint64_t>& seeds) {
  std::vector<std::string> words;
  for (const NamedSample& sample : BestFirst(samples)) {
    const SampleSummary summary = SummarizeSample(sample.values);
    std::string word = fmt::format("{} {:.2f} %", sample.name, summary.mean);
    if (summary.n >= 2) {
      const ConfidenceInterval interval = MeanInterval(summary);
      word += fmt::format(" [{:.2f}, {:.2f}]", interval.low, interval.high);
    }
    words.push_back(std::move(word));
  }
  return fmt::format("Final test accuracy, {} {}{}: {}.", seeds.size() == 1 ? "of" : "mean of",
                     SeedList(seeds), seeds.size() >= 2 ? " with the 95 % t interval" : "",
                     Join(words, "; "));
}

// The statistics are of trainings that ended well, which a reader must be able to tell from all.
// `lost`: the models that never left chance, of which another section speaks.
std::string NotCounted(const RunRecord& run, const ComparedAccuracies& comparison,
                       const std::set<std::string>& lost) {
  std::set<const ArmRecord*> counted;
  for (const FinishedModel& model : comparison.models) {
    for (const std::uint64_t seed : comparison.seeds) counted.insert(model.by_seed.at(seed));
  }
  std::vector<std::string> words;
  std::size_t diverged = 0, left_out = 0;
  for (const ArmRecord& arm : run.arms) {
    diverged += arm.state == "diverged";
    if (counted.contains(&arm) || (arm.state == "finished" && lost.contains(arm.label))) continue;
    if (++left_out > kMostTold) continue;
    words.push_back(fmt::format("{}, seed {} ({})", arm.label, arm.seed, arm.state));
  }
  if (words.empty()) return "";
  if (left_out > kMostTold) words.push_back(fmt::format("{} more", left_out - kMostTold));
  return fmt::format(
      "Not counted in this comparison, which takes the seeds that all models finished: {}. {} of "
      "the {} trainings diverged.",
      Join(words, "; "), diverged == 0 ? "None" : fmt::to_string(diverged), run.arms.size());
}

std::vector<std::string> OfFewSeeds(const std::vector<FinishedModel>& models,
                                    const std::vector<std::uint64_t>& seeds) {
  std::vector<std::string> findings = {
      fmt::format("With {} nothing can be said of the methods: that takes three seeds or more "
                  "(--seeds 5).",
                  SeedList(seeds))};
  for (std::string& sentence : NetworkFindings(models, seeds.front())) {
    findings.push_back(std::move(sentence));
  }
  return findings;
}

}  // namespace

std::vector<std::string> ModelFindings(const RunRecord& run, int test_images) {
  if (FinishedModels(run).size() < 2) return {};
  const ComparedAccuracies comparison = CompareAccuracies(run, test_images);
  if (comparison.models.empty()) return {"No model left chance; nothing is compared."};
  if (comparison.seeds.empty()) {
    return {"The models have no finished seed in common; nothing is compared."};
  }
  std::vector<std::string> findings = {Ranking(BestFirst(comparison.samples), comparison.seeds)};
  if (comparison.models.size() == 1) {
    findings.emplace_back("No other model left chance; nothing is compared.");
  } else {
    for (std::string& sentence :
         comparison.pairs.empty()
             ? OfFewSeeds(comparison.models, comparison.seeds)
             : PairFindings(comparison.samples, comparison.seeds, comparison.options)) {
      findings.push_back(std::move(sentence));
    }
  }
  std::string rest = NotCounted(run, comparison, LostModels(run, test_images));
  if (!rest.empty()) findings.push_back(std::move(rest));
  return findings;
}

}  // namespace normlab
