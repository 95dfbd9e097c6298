#include "report/findings/gap_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "report/findings/finding_words.h"
#include "report/summary/finished_models.h"
#include "statistics/compare.h"

namespace normlab {
namespace {

constexpr char kFamily[] = "pairs of train-test gaps";

std::string GapWords(const FinishedModel& model) {
  const std::vector<std::uint64_t> seeds = Seeds(model);
  const SampleSummary gap = SummarizeSample(Values(model, seeds, "gap"));
  std::string words = fmt::format("{} {}", model.label, Signed(gap.mean));
  if (gap.n >= 2) words += " " + IntervalWords(MeanInterval(gap));
  return words + fmt::format(" ({:.2f} % train, {:.2f} % test; {}, n = {})",
                             Mean(model, "clean_train_accuracy"),
                             Mean(model, "final_test_accuracy"), SeedList(seeds), gap.n);
}

std::string Gaps(const std::vector<FinishedModel>& models) {
  std::vector<std::string> words;
  bool intervals = false;
  for (const FinishedModel& model : models) {
    words.push_back(GapWords(model));
    intervals |= model.by_seed.size() >= 2;
  }
  return fmt::format(
      "Train-test gap, the clean train accuracy minus the final test accuracy in points{}: {}.",
      intervals ? ", mean over the seeds with the 95 % t interval" : "", Join(words, "; "));
}

std::string WhatIsClean(const std::vector<FinishedModel>& models) {
  std::set<int> images;
  for (const FinishedModel& model : models) {
    for (const auto& [seed, arm] : model.by_seed) images.insert(arm->last->clean_train_images);
  }
  std::vector<std::string> words;
  for (const int count : images) words.push_back(WithCommas(static_cast<std::uint64_t>(count)));
  return fmt::format(
      "The clean train accuracy is that of the network after the last epoch, in evaluation mode "
      "and "
      "without augmentation, on {} fixed training images; the running train accuracy of the log is "
      "not used for the gap, since it is taken with augmentation and dropout while the weights "
      "change.",
      Join(words, " or "));
}

// One where all trainings have measured on as many images; else the gaps are not compared.
std::optional<int> OneImageCount(const std::vector<FinishedModel>& models) {
  const int images = models.front().by_seed.begin()->second->last->clean_train_images;
  for (const FinishedModel& model : models) {
    for (const auto& [seed, arm] : model.by_seed) {
      if (arm->last->clean_train_images != images) return std::nullopt;
    }
  }
  return images;
}

std::vector<std::string> Differing(const std::vector<Comparison>& pairs,
                                   const std::vector<std::uint64_t>& seeds) {
  const std::string paired = fmt::format("paired by {} (n = {})", SeedList(seeds), seeds.size());
  const std::string family = FamilyWords(kFamily, pairs.size());
  std::vector<std::string> sentences;
  for (const Comparison& pair : pairs) {
    if (pair.verdict != Verdict::kBeats) continue;
    sentences.push_back(fmt::format(
        "{} has a larger train-test gap than {}: {} points {}, {}{}, {}.", pair.first, pair.second,
        Signed(pair.test.difference.mean), IntervalWords(pair.test.interval),
        ProbabilityWords(pair.adjusted_p), family, paired));
  }
  if (sentences.size() < pairs.size()) {
    const double smallest = std::ranges::min(pairs, {}, [](const Comparison& pair) {
                              return pair.verdict == Verdict::kBeats ? 2 : pair.adjusted_p;
                            }).adjusted_p;
    sentences.push_back(fmt::format(
        "The train-test gaps of {} are not distinguishable at n = {}: {}{}, {}.",
        pairs.size() == 1 ? fmt::format("{} and {}", pairs[0].first, pairs[0].second)
                          : fmt::format("{} of the {} pairs of models",
                                        pairs.size() - sentences.size(), pairs.size()),
        seeds.size(), (pairs.size() == 1 ? "" : "smallest ") + ProbabilityWords(smallest), family,
        paired));
  }
  return sentences;
}

}  // namespace

std::vector<std::string> GapFindings(const RunRecord& run, int test_images) {
  const std::vector<FinishedModel> models = WhereKnown(FinishedModels(run), "gap");
  if (models.empty()) return {};
  std::vector<std::string> sentences = {Gaps(models), WhatIsClean(models)};
  const std::vector<std::uint64_t> seeds = CommonSeeds(models);
  const std::optional<int> images = OneImageCount(models);
  if (models.size() < 2 || seeds.size() < kFewestForTest || !images) return sentences;
  std::vector<NamedSample> gaps;
  for (const FinishedModel& model : models) {
    gaps.push_back({model.label, Values(model, seeds, "gap")});
  }
  const FamilyOptions options = {
      .alpha = kAlpha, .margin = 0, .resolution = GapResolution(*images, test_images)};
  for (std::string& sentence : Differing(CompareAll(gaps, options), seeds)) {
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace normlab
