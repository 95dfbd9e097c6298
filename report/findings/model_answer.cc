#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/findings/compared_accuracies.h"
#include "report/findings/finding_words.h"
#include "report/findings/model_findings.h"

namespace normlab {
namespace {

double MeanOf(const NamedSample& sample) { return SummarizeSample(sample.values).mean; }

std::string SeedsWord(const ComparedAccuracies& comparison) {
  const std::size_t count = comparison.seeds.size();
  return fmt::format("{} seed{}", count, count == 1 ? "" : "s");
}

// What was found between the best model and one other.
struct AgainstBest {
  const NamedSample* other = nullptr;
  const Comparison* pair = nullptr;
};

// `ranked`: BestFirst. Pairs name the better model first.
std::vector<AgainstBest> AgainstTheBest(const ComparedAccuracies& comparison,
                                        const std::vector<NamedSample>& ranked) {
  std::vector<AgainstBest> all;
  for (std::size_t i = 1; i < ranked.size(); ++i) {
    const auto pair = std::ranges::find_if(comparison.pairs, [&](const Comparison& one) {
      return std::set{one.first, one.second} == std::set{ranked.front().name, ranked[i].name};
    });
    all.push_back({&ranked[i], &*pair});
  }
  return all;
}

std::string Sureness(const Comparison& pair, const ComparedAccuracies& comparison) {
  const ConfidenceInterval& interval = pair.test.interval;
  return fmt::format(
      "{:.2f} points of test accuracy (between {:.2f} and {:.2f} with 95 % "
      "confidence; {}; {})",
      pair.test.difference.mean, interval.low, interval.high, SeedsWord(comparison),
      ProbabilityWords(pair.adjusted_p));
}

std::vector<std::string> Names(const std::vector<AgainstBest>& all, Verdict verdict) {
  std::vector<std::string> names;
  for (const AgainstBest& one : all) {
    if (one.pair->verdict == verdict) names.push_back(one.other->name);
  }
  return names;
}

std::string TwoModels(const std::string& best, const AgainstBest& one,
                      const ComparedAccuracies& comparison) {
  const double apart = one.pair->test.difference.mean;
  switch (one.pair->verdict) {
    case Verdict::kBeats:
      return fmt::format("{} is better than {}, by {}.", best, one.other->name,
                         Sureness(*one.pair, comparison));
    case Verdict::kEquivalent:
      return fmt::format(
          "{} and {} are as good as each other, to within {} points of test "
          "accuracy ({}).",
          best, one.other->name, comparison.options.margin, SeedsWord(comparison));
    default:
      return fmt::format(
          "{} cannot tell {} from {}: they lie {:.2f} points of test accuracy "
          "apart.",
          SeedsWord(comparison), best, one.other->name, apart);
  }
}

// By how much the best is ahead of those that it beats.
std::string Lead(const std::vector<AgainstBest>& all, const std::vector<std::string>& beaten,
                 const ComparedAccuracies& comparison) {
  std::vector<const Comparison*> pairs;
  for (const AgainstBest& one : all) {
    if (one.pair->verdict == Verdict::kBeats) pairs.push_back(one.pair);
  }
  if (pairs.size() == 1) return beaten.front() + ", by " + Sureness(*pairs.front(), comparison);
  const auto [least, most] = std::ranges::minmax(
      pairs, {}, [](const Comparison* pair) { return pair->test.difference.mean; });
  const Comparison& unsurest = **std::ranges::max_element(
      pairs, {}, [](const Comparison* pair) { return pair->adjusted_p; });
  return fmt::format("{}, by {:.2f} to {:.2f} points of test accuracy ({}; {} or less)",
                     Listed(beaten), least->test.difference.mean, most->test.difference.mean,
                     SeedsWord(comparison), ProbabilityWords(unsurest.adjusted_p));
}

std::string OfSeveral(const std::vector<NamedSample>& ranked, const std::vector<AgainstBest>& all,
                      const ComparedAccuracies& comparison) {
  const std::string& best = ranked.front().name;
  const std::vector<std::string> beaten = Names(all, Verdict::kBeats),
                                 equal = Names(all, Verdict::kEquivalent),
                                 open = Names(all, Verdict::kNotDistinguishable);
  if (beaten.size() == all.size()) {
    return fmt::format("{} is the best of the {} models: it is ahead of {}, the next, by {}.", best,
                       ranked.size(), all.front().other->name,
                       Sureness(*all.front().pair, comparison));
  }
  const auto surest = std::ranges::min_element(comparison.pairs, {}, &Comparison::adjusted_p);
  if (surest->verdict != Verdict::kBeats) {
    return fmt::format(
        "{} show no model to be better than another: the means of the {} lie "
        "between {:.2f} and {:.2f} % test accuracy, and the surest difference has "
        "{}.",
        SeedsWord(comparison), ranked.size(), MeanOf(ranked.back()), MeanOf(ranked.front()),
        ProbabilityWords(surest->adjusted_p));
  }
  std::string text =
      fmt::format("{} has the highest test accuracy, {:.2f} %", best, MeanOf(ranked.front()));
  if (!beaten.empty()) text += ", and is better than " + Lead(all, beaten, comparison);
  if (!equal.empty()) {
    text += fmt::format("; {} {} as good to within {} points", Listed(equal),
                        equal.size() == 1 ? "is" : "are", comparison.options.margin);
  }
  if (!open.empty()) {
    text += fmt::format("; {} cannot tell it from {}", SeedsWord(comparison), Listed(open));
  }
  return text + ".";
}

std::string NothingOfTheMethods(const std::vector<NamedSample>& ranked,
                                const ComparedAccuracies& comparison) {
  return fmt::format(
      "{} {} of the methods, which takes three or more; of these networks {} has "
      "the highest test accuracy, {:.2f} %.",
      SeedsWord(comparison), comparison.seeds.size() == 1 ? "tells nothing" : "tell nothing",
      ranked.front().name, MeanOf(ranked.front()));
}

std::string Meaning(const std::vector<NamedSample>& ranked, const std::vector<AgainstBest>& all,
                    const ComparedAccuracies& comparison) {
  if (ranked.size() == 1) {
    return fmt::format("{} is the only model that learned anything: {:.2f} % test accuracy.",
                       ranked.front().name, MeanOf(ranked.front()));
  }
  if (comparison.pairs.empty()) return NothingOfTheMethods(ranked, comparison);
  return ranked.size() == 2 ? TwoModels(ranked.front().name, all.front(), comparison)
                            : OfSeveral(ranked, all, comparison);
}

std::vector<std::string> Row(const NamedSample& sample, const AgainstBest* against) {
  const SampleSummary summary = SummarizeSample(sample.values);
  std::vector<std::string> row = {sample.name, fmt::format("{:.2f}", summary.mean), "-", "-", "-",
                                  ""};
  if (summary.n >= 2) {
    const ConfidenceInterval interval = MeanInterval(summary);
    row[2] = fmt::format("{:.2f} to {:.2f}", interval.low, interval.high);
  }
  if (!against) return row;
  const Comparison& pair = *against->pair;
  row[3] = fmt::format("{} {}", Signed(-pair.test.difference.mean),
                       IntervalWords({-pair.test.interval.high, -pair.test.interval.low}));
  row[4] = fmt::format("{:.2g}", pair.adjusted_p);
  row[5] = pair.verdict == Verdict::kBeats        ? "behind"
           : pair.verdict == Verdict::kEquivalent ? "as good"
                                                  : "not told apart";
  return row;
}

void AddLost(const RunRecord& run, const ComparedAccuracies& comparison, Cells& table) {
  for (const FinishedModel& model : FinishedModels(run)) {
    if (std::ranges::find(comparison.models, model.label, &FinishedModel::label) !=
        comparison.models.end()) {
      continue;
    }
    table.push_back({model.label + " (never left chance)",
                     fmt::format("{:.2f}", Mean(model, "final_test_accuracy")), "-", "-", "-", ""});
  }
}

}  // namespace

Answer ModelAnswer(const RunRecord& run, int test_images) {
  const ComparedAccuracies comparison = CompareAccuracies(run, test_images);
  if (FinishedModels(run).size() < 2 || comparison.seeds.empty()) return {};
  const std::vector<NamedSample> ranked = BestFirst(comparison.samples);
  const std::vector<AgainstBest> all =
      comparison.pairs.empty() ? std::vector<AgainstBest>{} : AgainstTheBest(comparison, ranked);
  Cells table = {{"model", "final test accuracy, %", "95 % interval",
                  fmt::format("against {}, points", ranked.front().name), "p", "it is"}};
  table.push_back(Row(ranked.front(), nullptr));
  table.back()[5] = all.empty() ? "" : "highest";
  for (std::size_t i = 1; i < ranked.size(); ++i) {
    table.push_back(Row(ranked[i], all.empty() ? nullptr : &all[i - 1]));
  }
  AddLost(run, comparison, table);
  if (all.empty()) {
    for (auto& row : table) row.resize(comparison.seeds.size() >= 2 ? 3 : 2);
  }
  return {Meaning(ranked, all, comparison), AnswerTable(std::move(table))};
}

}  // namespace normlab
