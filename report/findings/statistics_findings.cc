#include "report/findings/statistics_findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "norm/statistics_kind.h"
#include "report/findings/finding_words.h"
#include "report/findings/model_findings.h"
#include "report/summary/statistics_quantities.h"
#include "statistics/compare.h"
#include "statistics/holm.h"

namespace normlab {
namespace {

constexpr char kFamily[] = "statistics of the same weights";

struct Pair {
  StatisticsKind kind, against;
};
constexpr Pair kPairs[] = {
    {StatisticsKind::kPerApplication, StatisticsKind::kShared},
    {StatisticsKind::kReestimatedPerApplication, StatisticsKind::kPerApplication},
    {StatisticsKind::kReestimatedShared, StatisticsKind::kShared},
    {StatisticsKind::kBatch, StatisticsKind::kShared},
};

// One pair of one model, judged within the family of all.
struct Judged {
  const ComparedModel* model;
  Pair pair;
  JudgedChange change;
  double equivalence_p = 1;  // Holm's, over all tested members
  Verdict verdict = Verdict::kTooFewSeeds;
};

Verdict Judge(const Judged& judged) {
  if (!judged.change.tested) return Verdict::kTooFewSeeds;
  if (judged.change.shown) return Verdict::kBeats;
  return judged.equivalence_p <= kAlpha ? Verdict::kEquivalent : Verdict::kNotDistinguishable;
}

std::vector<Judged> JudgeAll(const std::vector<ComparedModel>& models, double margin,
                             double resolution) {
  std::vector<Judged> all;
  std::vector<Change> changes;
  for (const ComparedModel& model : models) {
    for (const Pair& pair : kPairs) {
      if (!model.Has(pair.kind) || !model.Has(pair.against)) continue;
      all.push_back({&model, pair, {}});
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

std::string PairWords(const Judged& judged, double margin) {
  const JudgedChange& change = judged.change;
  const std::string kind = NamesOf(judged.pair.kind).words,
                    against = NamesOf(judged.pair.against).words, figures = ChangeWords(change);
  switch (judged.verdict) {
    case Verdict::kBeats:
      return fmt::format("{} is {} than {}: {}", kind,
                         change.difference.mean > 0 ? "better" : "worse", against, figures);
    case Verdict::kEquivalent:
      return fmt::format("{} and {} are equivalent within ±{} points (TOST {}): {}", kind, against,
                         margin, ProbabilityWords(judged.equivalence_p), figures);
    case Verdict::kNotDistinguishable:
      return fmt::format("{} and {} are not distinguishable at n = {}: {}", kind, against,
                         change.difference.n, figures);
    case Verdict::kTooFewSeeds:
      break;
  }
  return fmt::format("{} against {}: {}", kind, against, figures);
}

std::string EpochsWords(const ComparedModel& model) {
  const bool fewer = std::ranges::any_of(model.arms, [](const ArmRecord* arm) {
    return RowsOf(*arm, StatisticsKind::kShared).size() < kLastEpochs;
  });
  return fewer ? "all epochs, fewer than five" : "the last five epochs";
}

std::string Sentence(const ComparedModel& model, const std::vector<std::string>& pairs,
                     std::size_t tests) {
  const std::vector<std::uint64_t> seeds = model.seeds();
  const std::string ending =
      seeds.size() >= kFewestForTest
          ? FamilyWords(kFamily, tests)
          : fmt::format(
                ". With n = {} nothing is tested: this is what was measured on {}, and no "
                "more",
                seeds.size(), seeds.size() == 1 ? "one training" : "these trainings");
  return fmt::format("{}, {} (n = {}), mean test accuracy of {}, on the same weights: {}{}.",
                     model.label, SeedList(seeds), seeds.size(), EpochsWords(model),
                     Join(pairs, "; "), ending);
}

bool Found(const Judged& judged) {
  return judged.verdict == Verdict::kBeats || judged.verdict == Verdict::kEquivalent;
}

}  // namespace

std::vector<std::string> StatisticsFindings(const RunRecord& run, int test_images) {
  const std::vector<ComparedModel> models = ComparedModels(run);
  const double margin = EquivalenceMargin(run.dataset);
  const std::vector<Judged> all = JudgeAll(models, margin, AccuracyResolution(test_images));
  const auto tests = static_cast<std::size_t>(std::ranges::count_if(
      all, [](const Judged& judged) { return judged.verdict != Verdict::kTooFewSeeds; }));
  std::vector<std::string> sentences;
  for (const ComparedModel& model : models) {
    std::vector<std::string> pairs;
    bool found = false;
    for (const Judged& judged : all) {
      if (judged.model != &model) continue;
      pairs.push_back(PairWords(judged, margin));
      found |= Found(judged);
    }
    if (pairs.empty() || (models.size() > kMostTestsInWords && !found)) continue;
    sentences.push_back(Sentence(model, pairs, tests));
  }
  const std::size_t others = models.size() - sentences.size();
  if (others > 0) {
    const std::string whose =
        sentences.empty() ? fmt::format("the {} models", models.size())
                          : fmt::format("the other {} of the {} models", others, models.size());
    sentences.push_back(tests == 0
                            ? fmt::format("With fewer than {} seeds nothing is tested between the "
                                          "statistics of {}.",
                                          kFewestForTest, whose)
                            : fmt::format("Between the statistics of {} nothing is found{}.", whose,
                                          FamilyWords(kFamily, tests)));
  }
  return sentences;
}

}  // namespace normlab
