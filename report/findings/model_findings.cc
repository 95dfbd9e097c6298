#include "report/findings/model_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "report/findings/finding_words.h"
#include "report/findings/network_findings.h"
#include "report/findings/pair_findings.h"
#include "report/summary/finished_models.h"

namespace normlab {
namespace {

constexpr std::size_t kMostTold = 10;  // trainings that are not counted, by name

std::string Ranking(std::vector<NamedSample> samples, const std::vector<std::uint64_t>& seeds) {
  std::ranges::stable_sort(samples, std::greater<>(), [](const NamedSample& sample) {
    return SummarizeSample(sample.values).mean;
  });
  std::vector<std::string> words;
  for (const NamedSample& sample : samples) {
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
std::string NotCounted(const RunRecord& run, const std::vector<FinishedModel>& models,
                       const std::vector<std::uint64_t>& seeds) {
  std::set<const ArmRecord*> counted;
  for (const FinishedModel& model : models) {
    for (const std::uint64_t seed : seeds) counted.insert(model.by_seed.at(seed));
  }
  std::vector<std::string> words;
  std::size_t diverged = 0, left_out = 0;
  for (const ArmRecord& arm : run.arms) {
    if (counted.contains(&arm)) continue;
    diverged += arm.state == "diverged";
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

double EquivalenceMargin(const std::string& dataset) { return dataset == "mnist" ? 0.1 : 0.3; }

std::vector<std::string> ModelFindings(const RunRecord& run, int test_images) {
  const std::vector<FinishedModel> models = FinishedModels(run);
  if (models.size() < 2) return {};
  const std::vector<std::uint64_t> seeds = CommonSeeds(models);
  if (seeds.empty()) return {"The models have no finished seed in common; nothing is compared."};
  std::vector<NamedSample> samples;
  for (const FinishedModel& model : models) {
    samples.push_back({model.label, Values(model, seeds, "final_test_accuracy")});
  }
  std::vector<std::string> findings = {Ranking(samples, seeds)};
  const FamilyOptions options = {.alpha = kAlpha,
                                 .margin = EquivalenceMargin(run.dataset),
                                 .resolution = AccuracyResolution(test_images)};
  for (std::string& sentence : seeds.size() < kFewestForTest
                                   ? OfFewSeeds(models, seeds)
                                   : PairFindings(samples, seeds, options)) {
    findings.push_back(std::move(sentence));
  }
  std::string rest = NotCounted(run, models, seeds);
  if (!rest.empty()) findings.push_back(std::move(rest));
  return findings;
}

}  // namespace normlab
