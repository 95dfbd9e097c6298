#include "report/model_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "report/summary.h"
#include "statistics/compare.h"
#include "statistics/holm.h"
#include "statistics/mcnemar.h"

namespace normlab {
namespace {

constexpr double kAlpha = 0.05;
constexpr std::size_t kMostPairsInWords = 10;  // beyond, only what was found is told

// The finished arms of a model, by seed.
struct FinishedModel {
  std::string label;
  std::map<std::uint64_t, const ArmRecord*> by_seed;
};

std::vector<FinishedModel> FinishedModels(const RunRecord& run) {
  std::vector<FinishedModel> models;
  for (const Model& model : GroupArms(run)) {
    FinishedModel finished{model.label, {}};
    for (const ArmRecord* arm : model.arms) {
      if (arm->state == "finished" && !arm->metrics.empty()) finished.by_seed[arm->seed] = arm;
    }
    if (!finished.by_seed.empty()) models.push_back(std::move(finished));
  }
  return models;
}

// Pairs need the same seeds in all models; what only some have finished is left out of the tests.
std::vector<std::uint64_t> CommonSeeds(const std::vector<FinishedModel>& models) {
  std::vector<std::uint64_t> seeds;
  for (const auto& [seed, arm] : models.front().by_seed) {
    const bool everywhere = std::ranges::all_of(
        models, [&](const FinishedModel& model) { return model.by_seed.contains(seed); });
    if (everywhere) seeds.push_back(seed);
  }
  return seeds;
}

std::vector<double> FinalAccuracies(const FinishedModel& model,
                                    const std::vector<std::uint64_t>& seeds) {
  std::vector<double> values;
  for (const std::uint64_t seed : seeds) {
    values.push_back(Value(*model.by_seed.at(seed), Metric::kFinalTestAccuracy));
  }
  return values;
}

std::string SeedList(const std::vector<std::uint64_t>& seeds) {
  std::vector<std::string> words;
  for (const std::uint64_t seed : seeds) words.push_back(fmt::to_string(seed));
  return (seeds.size() == 1 ? "seed " : "seeds ") + Join(words);
}

std::string Signed(double points) { return fmt::format("{:+.2f}", points); }

std::string Ranking(std::vector<NamedSample> samples, const std::vector<std::uint64_t>& seeds) {
  std::ranges::stable_sort(samples, std::greater<>(), [](const NamedSample& sample) {
    return SummarizeSample(sample.values).mean;
  });
  std::vector<std::string> words;
  for (const NamedSample& sample : samples) {
    const SampleSummary summary = SummarizeSample(sample.values);
    std::string word = fmt::format("{} {:.2f} %", sample.name, summary.mean);
    if (summary.n >= 2) {
      const Interval interval = MeanInterval(summary);
      word += fmt::format(" [{:.2f}, {:.2f}]", interval.low, interval.high);
    }
    words.push_back(std::move(word));
  }
  return fmt::format("Final test accuracy, {} {}{}: {}.", seeds.size() == 1 ? "of" : "mean of",
                     SeedList(seeds), seeds.size() >= 2 ? " with the 95 % t interval" : "",
                     Join(words, "; "));
}

std::string PairSentence(const Comparison& pair, std::size_t pairs, const FamilyOptions& options) {
  const PairedTest& test = pair.test;
  const std::string numbers = fmt::format(
      "{} points [{}, {}], paired, n = {}, p = {:.2g}{}", Signed(test.difference.mean),
      Signed(test.interval.low), Signed(test.interval.high), test.difference.n, pair.adjusted_p,
      pairs > 1 ? fmt::format(" after Holm over {} pairs", pairs) : "");
  if (pair.verdict == Verdict::kBeats) {
    return fmt::format("{} beats {}: {}.", pair.first, pair.second, numbers);
  }
  const int needed = SeedsToResolve(pair, options);
  return fmt::format("{} and {} are not distinguishable at n = {}: {}. {}", pair.first, pair.second,
                     test.difference.n, numbers,
                     needed > kMostPairs
                         ? "No number of seeds would resolve a difference of that size."
                         : fmt::format("A true difference of that size, tested alone, would take "
                                       "about {} seeds to find with 80 % power.",
                                       needed));
}

void AddTheRest(std::size_t pairs, std::vector<std::string>& told) {
  if (told.size() == pairs) return;
  told.push_back(fmt::format("The other {} of the {} pairs are not distinguishable.",
                             pairs - told.size(), pairs));
}

std::vector<std::string> PairSentences(const std::vector<Comparison>& pairs,
                                       const FamilyOptions& options) {
  std::vector<std::string> sentences;
  for (const Comparison& pair : pairs) {
    if (pair.verdict != Verdict::kBeats && pairs.size() > kMostPairsInWords) continue;
    sentences.push_back(PairSentence(pair, pairs.size(), options));
  }
  AddTheRest(pairs.size(), sentences);
  return sentences;
}

int MissedOnlyBy(const ArmRecord& arm, const ArmRecord& other) {
  std::set<int> missed;
  for (const ErrorRow& row : other.errors) missed.insert(row.index);
  return static_cast<int>(std::ranges::count_if(
      arm.errors, [&](const ErrorRow& row) { return !missed.contains(row.index); }));
}

// Two single networks on the same images: says nothing of the methods.
std::vector<std::string> NetworkSentences(const std::vector<FinishedModel>& models,
                                          std::uint64_t seed) {
  struct Pair {
    std::string first, second;
    McNemar test;
  };
  std::vector<Pair> pairs;
  std::vector<double> p;
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = i + 1; j < models.size(); ++j) {
      const ArmRecord &a = *models[i].by_seed.at(seed), &b = *models[j].by_seed.at(seed);
      pairs.push_back({models[i].label, models[j].label,
                       TestDiscordant(MissedOnlyBy(b, a), MissedOnlyBy(a, b))});
      p.push_back(pairs.back().test.p);
    }
  }
  const std::vector<double> adjusted = HolmAdjusted(p);
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (adjusted[i] > kAlpha && pairs.size() > kMostPairsInWords) continue;
    sentences.push_back(fmt::format(
        "The two networks of seed {}, {} and {}: {} images only the first gets right, {} only the "
        "second (McNemar, exact, p = {:.2g}{}): {}.",
        seed, pairs[i].first, pairs[i].second, pairs[i].test.only_first, pairs[i].test.only_second,
        adjusted[i], pairs.size() > 1 ? fmt::format(" after Holm over {} pairs", p.size()) : "",
        adjusted[i] <= kAlpha ? "these two differ" : "not distinguishable"));
  }
  AddTheRest(pairs.size(), sentences);
  return sentences;
}

}  // namespace

std::vector<std::string> ModelFindings(const RunRecord& run, int test_images) {
  const std::vector<FinishedModel> models = FinishedModels(run);
  if (models.size() < 2) return {};
  const std::vector<std::uint64_t> seeds = CommonSeeds(models);
  if (seeds.empty()) return {"The models have no finished seed in common; nothing is compared."};
  std::vector<NamedSample> samples;
  for (const FinishedModel& model : models) {
    samples.push_back({model.label, FinalAccuracies(model, seeds)});
  }
  std::vector<std::string> findings = {Ranking(samples, seeds)};
  if (seeds.size() < kFewestForTest) {
    findings.push_back(
        fmt::format("With {} nothing can be said of the methods: that takes three seeds or more "
                    "(--seeds 5).",
                    SeedList(seeds)));
    for (std::string& sentence : NetworkSentences(models, seeds.front())) {
      findings.push_back(std::move(sentence));
    }
    return findings;
  }
  const FamilyOptions options = {.alpha = kAlpha, .margin = 0, .resolution = 100.0 / test_images};
  for (std::string& sentence : PairSentences(CompareAll(samples, options), options)) {
    findings.push_back(std::move(sentence));
  }
  return findings;
}

}  // namespace normlab
