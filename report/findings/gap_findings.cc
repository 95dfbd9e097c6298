#include "report/findings/gap_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "report/findings/finding_words.h"
#include "report/findings/learned_models.h"
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

struct GapComparison {
  std::vector<FinishedModel> models;  // that learned, with their gaps
  std::vector<std::uint64_t> seeds;   // that all have
  std::vector<Comparison> pairs;      // empty where nothing is compared
};

GapComparison CompareGaps(const RunRecord& run, int test_images) {
  GapComparison comparison{WhereKnown(LearnedModels(run, test_images), "gap"), {}, {}};
  const std::vector<FinishedModel>& models = comparison.models;
  if (models.empty()) return comparison;
  comparison.seeds = CommonSeeds(models);
  const std::optional<int> images = OneImageCount(models);
  if (models.size() < 2 || comparison.seeds.size() < kFewestForTest || !images) return comparison;
  std::vector<NamedSample> gaps;
  for (const FinishedModel& model : models) {
    gaps.push_back({model.label, Values(model, comparison.seeds, "gap")});
  }
  comparison.pairs = CompareAll(
      gaps, {.alpha = kAlpha, .margin = 0, .resolution = GapResolution(*images, test_images)});
  return comparison;
}

std::string Meaning(const std::vector<FinishedModel>& widest_first,
                    const std::vector<Comparison>& pairs) {
  const FinishedModel &widest = widest_first.front(), &narrowest = widest_first.back();
  const auto more = [](const FinishedModel& model) {
    const double gap = Mean(model, "gap");
    return fmt::format("{:.2f} points {}", std::abs(gap), gap < 0 ? "fewer" : "more");
  };
  std::string text = fmt::format("{} gets {} of its training images right than of the test images",
                                 widest.label, more(widest));
  if (widest_first.size() == 1) return text + ".";
  text += widest_first.size() == 2 ? fmt::format(", {} {}", narrowest.label, more(narrowest))
                                   : fmt::format(", the widest gap, {} {}, the narrowest",
                                                 narrowest.label, more(narrowest));
  if (pairs.empty()) return text + "; whether gaps differ is not tested.";
  const auto shown = std::ranges::count(pairs, Verdict::kBeats, &Comparison::verdict);
  if (shown == 0) return text + "; no gap is shown to differ from another.";
  return text + (pairs.size() == 1
                     ? "; the two differ."
                     : fmt::format("; of the {} pairs of gaps {} differ.", pairs.size(), shown));
}

}  // namespace

std::vector<std::string> GapFindings(const RunRecord& run, int test_images) {
  const GapComparison comparison = CompareGaps(run, test_images);
  if (comparison.models.empty()) return {};
  std::vector<std::string> sentences = {Gaps(comparison.models), WhatIsClean(comparison.models)};
  if (comparison.pairs.empty()) return sentences;
  for (std::string& sentence : Differing(comparison.pairs, comparison.seeds)) {
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

Answer GapAnswer(const RunRecord& run, int test_images) {
  GapComparison comparison = CompareGaps(run, test_images);
  if (comparison.models.empty()) return {};
  std::ranges::stable_sort(comparison.models, std::greater<>(),
                           [](const FinishedModel& model) { return Mean(model, "gap"); });
  Cells table = {{"model", "train, %", "test, %", "gap, points", "95 % interval"}};
  for (const FinishedModel& model : comparison.models) {
    const SampleSummary gap = SummarizeSample(Values(model, Seeds(model), "gap"));
    table.push_back({model.label, fmt::format("{:.2f}", Mean(model, "clean_train_accuracy")),
                     fmt::format("{:.2f}", Mean(model, "final_test_accuracy")), Signed(gap.mean),
                     gap.n >= 2 ? IntervalWords(MeanInterval(gap)) : "-"});
  }
  return {Meaning(comparison.models, comparison.pairs), AnswerTable(std::move(table))};
}

}  // namespace normlab
