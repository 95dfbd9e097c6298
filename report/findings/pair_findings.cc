#include "report/findings/pair_findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/findings/finding_words.h"

namespace normlab {
namespace {

constexpr char kFamily[] = "pairs of models";
constexpr std::uint64_t kBootstrapSeed = 1;  // any will do; a fixed one gives the same words again

class PairWords {
 public:
  PairWords(const std::vector<NamedSample>& samples, const std::vector<std::uint64_t>& seeds,
            const FamilyOptions& options)
      : samples_(samples), seeds_(seeds), options_(options), pairs_(CompareAll(samples, options)) {}

  std::vector<std::string> Sentences() const {
    std::vector<std::string> sentences;
    if (pairs_.size() > kMostTestsInWords) return Together();
    for (const Comparison& pair : pairs_) sentences.push_back(Sentence(pair));
    return sentences;
  }

 private:
  std::string Sentence(const Comparison& pair) const;
  std::vector<std::string> Together() const;
  std::string ForOneModel(const std::string& first, Verdict verdict) const;
  std::string TheRest() const;

  std::string Difference(const Comparison& pair) const {
    return Signed(pair.test.difference.mean) + " points " + IntervalWords(pair.test.interval);
  }
  std::string Bootstrap(const Comparison& pair) const;
  std::string Paired() const {
    return fmt::format("paired by {} (n = {})", SeedList(seeds_), seeds_.size());
  }
  std::string Holm() const { return FamilyWords(kFamily, pairs_.size()); }
  std::string Margin() const { return fmt::format("±{} points", options_.margin); }
  const NamedSample& Sample(const std::string& name) const {
    return *std::ranges::find(samples_, name, &NamedSample::name);
  }

  const std::vector<NamedSample>& samples_;
  const std::vector<std::uint64_t>& seeds_;
  const FamilyOptions& options_;
  std::vector<Comparison> pairs_;
};

std::string PairWords::Bootstrap(const Comparison& pair) const {
  if (seeds_.size() < kFewestForBootstrap) return "";
  std::vector<double> differences = Sample(pair.first).values;
  std::ranges::transform(differences, Sample(pair.second).values, differences.begin(),
                         std::minus<>());
  return ", bootstrap " + IntervalWords(BootstrapInterval(differences, kBootstrapSeed));
}

std::string PairWords::Sentence(const Comparison& pair) const {
  const std::string difference = Difference(pair) + Bootstrap(pair);
  const std::string p = ProbabilityWords(pair.adjusted_p);
  if (pair.verdict == Verdict::kBeats) {
    return fmt::format("{} beats {}: {}, {}{}, {}.", pair.first, pair.second, difference, p, Holm(),
                       Paired());
  }
  const std::string equivalence = ProbabilityWords(pair.equivalence_p);
  if (pair.verdict == Verdict::kEquivalent) {
    return fmt::format("{} and {} are equivalent within {} (TOST {}{}, n = {}): {}, {}.",
                       pair.first, pair.second, Margin(), equivalence, Holm(), seeds_.size(),
                       difference, Paired());
  }
  const int needed = SeedsToResolve(pair, options_);
  return fmt::format(
      "{} and {} are not distinguishable at n = {}: {}, {}{}, {}; nor are they shown to be "
      "equivalent within {} (TOST {}). {}",
      pair.first, pair.second, seeds_.size(), difference, p, Holm(), Paired(), Margin(),
      equivalence,
      needed > kMostPairs ? "No number of seeds would resolve a difference of that size."
                          : fmt::format("A true difference of that size, tested alone, would take "
                                        "about {} seeds to find with 80 % power.",
                                        needed));
}

std::string PairWords::ForOneModel(const std::string& first, Verdict verdict) const {
  const bool beats = verdict == Verdict::kBeats;
  std::vector<std::string> others;
  for (const Comparison& pair : pairs_) {
    if (pair.first != first || pair.verdict != verdict) continue;
    const std::string p = ProbabilityWords(beats ? pair.adjusted_p : pair.equivalence_p);
    others.push_back(fmt::format("{} ({}, {})", pair.second, Difference(pair), p));
  }
  if (others.empty()) return "";
  const std::string says =
      beats ? "beats" : fmt::format("is equivalent within {} (TOST) to", Margin());
  return fmt::format("{} {} {}: {}{}.", first, says, Join(others), Paired(), Holm());
}

std::string PairWords::TheRest() const {
  std::size_t others = 0;
  int fewest = kMostPairs + 1, most = 0;
  for (const Comparison& pair : pairs_) {
    if (pair.verdict != Verdict::kNotDistinguishable) continue;
    ++others;
    const int needed = SeedsToResolve(pair, options_);
    fewest = std::min(fewest, needed);
    most = std::max(most, needed);
  }
  if (others == 0) return "";
  const auto count = [](int seeds) {
    return seeds > kMostPairs ? fmt::format("more than {}", WithCommas(kMostPairs))
                              : fmt::format("about {}", seeds);
  };
  return fmt::format(
      "{} of the {} pairs are not distinguishable at n = {}: finding a true difference of the size "
      "seen, tested alone, with 80 % power would take {} seeds, by the pair.",
      others == pairs_.size() ? "All" : fmt::format("The other {}", others), pairs_.size(),
      seeds_.size(),
      fewest == most ? count(fewest) : fmt::format("{} to {}", count(fewest), count(most)));
}

std::vector<std::string> PairWords::Together() const {
  std::vector<std::string> sentences;
  for (const Verdict verdict : {Verdict::kBeats, Verdict::kEquivalent}) {
    for (const NamedSample& sample : samples_) {
      std::string sentence = ForOneModel(sample.name, verdict);
      if (!sentence.empty()) sentences.push_back(std::move(sentence));
    }
  }
  std::string rest = TheRest();
  if (!rest.empty()) sentences.push_back(std::move(rest));
  return sentences;
}

}  // namespace

std::vector<std::string> PairFindings(const std::vector<NamedSample>& samples,
                                      const std::vector<std::uint64_t>& seeds,
                                      const FamilyOptions& options) {
  return PairWords(samples, seeds, options).Sentences();
}

}  // namespace normlab
