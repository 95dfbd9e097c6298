#include "statistics/compare.h"

#include <cassert>

#include "statistics/holm.h"

namespace normlab {
namespace {

std::vector<Comparison> Pairs(const std::vector<NamedSample>& samples,
                              const FamilyOptions& options) {
  std::vector<Comparison> pairs;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    for (std::size_t j = i + 1; j < samples.size(); ++j) {
      assert(samples[i].values.size() == samples[j].values.size());
      const bool ordered =
          SummarizeSample(samples[i].values).mean >= SummarizeSample(samples[j].values).mean;
      const NamedSample& first = samples[ordered ? i : j];
      const NamedSample& second = samples[ordered ? j : i];
      Comparison pair{.first = first.name, .second = second.name, .test = {}};
      if (first.values.size() >= kFewestForTest) {
        pair.test = TestPairs(first.values, second.values, options.resolution);
        if (options.margin > 0) {
          pair.equivalence_p =
              EquivalenceP(pair.test.difference, options.margin, options.resolution);
        }
      }
      pairs.push_back(std::move(pair));
    }
  }
  return pairs;
}

void AdjustForFamily(std::vector<Comparison>& pairs) {
  std::vector<double> p, equivalence_p;
  for (const Comparison& pair : pairs) {
    p.push_back(pair.test.p);
    equivalence_p.push_back(pair.equivalence_p);
  }
  p = HolmAdjusted(p);
  equivalence_p = HolmAdjusted(equivalence_p);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].adjusted_p = p[i];
    pairs[i].equivalence_p = equivalence_p[i];
  }
}

Verdict Judge(const Comparison& pair, double alpha) {
  if (pair.test.difference.n < kFewestForTest) return Verdict::kTooFewSeeds;
  if (pair.adjusted_p <= alpha) return Verdict::kBeats;
  return pair.equivalence_p <= alpha ? Verdict::kEquivalent : Verdict::kNotDistinguishable;
}

}  // namespace

std::vector<Comparison> CompareAll(const std::vector<NamedSample>& samples,
                                   const FamilyOptions& options) {
  std::vector<Comparison> pairs = Pairs(samples, options);
  AdjustForFamily(pairs);
  for (Comparison& pair : pairs) pair.verdict = Judge(pair, options.alpha);
  return pairs;
}

int SeedsToResolve(const Comparison& pair, const FamilyOptions& options) {
  const SampleSummary& difference = pair.test.difference;
  assert(difference.n >= kFewestForTest);
  const double deviation = JudgedDeviation(difference, options.resolution);
  if (deviation > 0) return PairsToResolve(difference.mean, deviation, options.alpha);
  return difference.mean == 0 ? kMostPairs + 1 : kFewestForTest;
}

}  // namespace normlab
