#include "report/findings/statistics_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/findings/compared_accuracies.h"
#include "report/findings/finding_words.h"
#include "report/findings/judged_statistics.h"

namespace normlab {
namespace {

constexpr char kFamily[] = "statistics of the same weights";

std::string PairWords(const JudgedStatistics& judged, double margin) {
  const JudgedChange& change = judged.change;
  const std::string kind = NamesOf(judged.kind).words, against = NamesOf(judged.against).words,
                    figures = ChangeWords(change);
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

bool Found(const JudgedStatistics& judged) {
  return judged.verdict == Verdict::kBeats || judged.verdict == Verdict::kEquivalent;
}

std::string Meaning(const std::vector<JudgedStatistics>& all) {
  std::vector<std::string> words;
  for (const JudgedStatistics& judged : all) {
    if (judged.verdict != Verdict::kBeats) continue;
    const double difference = judged.change.difference.mean;
    words.push_back(fmt::format("for {} {} is better than {} by {:.2f} points", judged.model->label,
                                NamesOf(difference > 0 ? judged.kind : judged.against).words,
                                NamesOf(difference > 0 ? judged.against : judged.kind).words,
                                std::abs(difference)));
  }
  if (!words.empty()) {
    return fmt::format("The statistics that a trained network is tested with matter: {}.",
                       Listed(words));
  }
  const bool tested =
      std::ranges::any_of(all, [](const JudgedStatistics& judged) { return judged.change.tested; });
  return tested ? "No kind of statistics is shown to be better than another for the same weights."
                : "Which statistics are better for the same weights takes three seeds or more to "
                  "say.";
}

std::string VerdictCell(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBeats:
      return "differ";
    case Verdict::kEquivalent:
      return "as good";
    case Verdict::kNotDistinguishable:
      return "not told apart";
    case Verdict::kTooFewSeeds:
      break;
  }
  return "not tested";
}

}  // namespace

std::vector<std::string> StatisticsFindings(const RunRecord& run, int test_images) {
  const std::vector<ComparedModel> models = ComparedModels(run);
  const double margin = EquivalenceMargin(run.dataset);
  const std::vector<JudgedStatistics> all = JudgeStatistics(models, margin, test_images);
  const auto tests = static_cast<std::size_t>(std::ranges::count_if(
      all, [](const JudgedStatistics& judged) { return judged.verdict != Verdict::kTooFewSeeds; }));
  std::vector<std::string> sentences;
  for (const ComparedModel& model : models) {
    std::vector<std::string> pairs;
    bool found = false;
    for (const JudgedStatistics& judged : all) {
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

Answer StatisticsAnswer(const RunRecord& run, int test_images) {
  const std::vector<ComparedModel> models = ComparedModels(run);
  std::vector<JudgedStatistics> all =
      JudgeStatistics(models, EquivalenceMargin(run.dataset), test_images);
  if (all.empty()) return {};
  const std::string meaning = Meaning(all);
  // What was found comes first.
  std::ranges::stable_sort(
      all, {}, [](const JudgedStatistics& judged) { return judged.verdict != Verdict::kBeats; });
  Cells table = {{"model", "statistics", "against", "difference, points", "p", "they"}};
  for (const JudgedStatistics& judged : all) {
    table.push_back({judged.model->label, NamesOf(judged.kind).words, NamesOf(judged.against).words,
                     DifferenceCell(judged.change), ProbabilityCell(judged.change),
                     VerdictCell(judged.verdict)});
  }
  return {meaning, AnswerTable(std::move(table))};
}

}  // namespace normlab
