#include "report/findings/judged_statistics.h"

#include "report/findings/finding_words.h"
#include "report/summary/finished_models.h"
#include "statistics/holm.h"

namespace normlab {
namespace {

struct Pair {
  StatisticsKind kind, against;
};
constexpr Pair kPairs[] = {
    {StatisticsKind::kPerApplication, StatisticsKind::kShared},
    {StatisticsKind::kReestimatedPerApplication, StatisticsKind::kPerApplication},
    {StatisticsKind::kReestimatedShared, StatisticsKind::kShared},
    {StatisticsKind::kBatch, StatisticsKind::kShared},
};

Verdict Judge(const JudgedStatistics& judged) {
  if (!judged.change.tested) return Verdict::kTooFewSeeds;
  if (judged.change.shown) return Verdict::kBeats;
  return judged.equivalence_p <= kAlpha ? Verdict::kEquivalent : Verdict::kNotDistinguishable;
}

}  // namespace

std::vector<JudgedStatistics> JudgeStatistics(const std::vector<ComparedModel>& models,
                                              double margin, int test_images) {
  const double resolution = AccuracyResolution(test_images);
  std::vector<JudgedStatistics> all;
  std::vector<Change> changes;
  for (const ComparedModel& model : models) {
    for (const Pair& pair : kPairs) {
      if (!model.Has(pair.kind) || !model.Has(pair.against)) continue;
      all.push_back({&model, pair.kind, pair.against, {}});
      changes.push_back(
          {DifferencesOf(model, pair.kind, pair.against, LastEpochsAccuracy()), resolution});
    }
  }
  const std::vector<JudgedChange> judged = JudgeFamily(changes, kAlpha);
  std::vector<double> p;
  for (const JudgedChange& change : judged) {
    if (change.tested) p.push_back(EquivalenceP(change.difference, margin, resolution));
  }
  p = HolmAdjusted(p);
  std::size_t next = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].change = judged[i];
    if (judged[i].tested) all[i].equivalence_p = p[next++];
    all[i].verdict = Judge(all[i]);
  }
  return all;
}

}  // namespace normlab
