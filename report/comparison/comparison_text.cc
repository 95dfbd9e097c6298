// A comparison in words, for the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "report/comparison/comparison.h"
#include "report/summary/fair_clock.h"
#include "report/summary/quantities.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestValue = 60, kMostUnmatched = 8;

std::string SeedList(const std::vector<std::uint64_t>& seeds) {
  std::vector<std::string> words;
  for (const std::uint64_t seed : seeds) words.push_back(fmt::to_string(seed));
  return (seeds.size() == 1 ? "seed " : "seeds ") + Join(words);
}

std::string PairName(const std::string& first, const std::string& second) {
  return first == second ? first : first + " | " + second;
}

std::string RunText(const char* name, const RunRecord& run) {
  const auto finished = std::ranges::count(run.arms, "finished", &ArmRecord::state);
  std::string text = fmt::format("{}  {}: recipe {} on {}, {} of {} trainings finished", name,
                                 run.path, run.recipe, run.dataset, finished, run.arms.size());
  if (!run.started.empty()) text += ", started " + run.started;
  text = PlainLine(text) + "\n";
  for (const std::string& line : run.missing) text += "   " + PlainLine(line) + "\n";
  return text;
}

std::string ValueText(const std::string& value) {
  return value.empty() ? "not recorded" : Shortened(value, kLongestValue);
}

std::string DifferenceTable(const char* title, const std::vector<SettingDifference>& differences) {
  Cells cells = {{title, "A", "B"}};
  for (const SettingDifference& each : differences) {
    cells.push_back({each.key, ValueText(each.first), ValueText(each.second)});
  }
  return AlignedTable(cells, "l");
}

std::string SettingsText(const RunComparison& comparison) {
  const SettingDifferences& settings = comparison.settings;
  std::string text;
  if (!settings.settings_known) {
    text = "Settings: not recorded in both folders, so they cannot be compared.\n";
  } else if (settings.keys.empty()) {
    text = "No setting differs.\n";
  } else {
    text = DifferenceTable("setting", settings.keys);
  }
  if (comparison.environments.empty()) return text;
  return text + "\n" + DifferenceTable("computed by", comparison.environments);
}

// Equal ones in a line, the others in a table.
std::string ConditionsText(const ConditionDifferences& conditions) {
  if (conditions.pairs == 0) return "";
  const std::string pairs = fmt::format("the {} pair{} of trainings of one model and seed",
                                        conditions.pairs, conditions.pairs == 1 ? "" : "s");
  if (conditions.recorded == 0) {
    return fmt::format("Conditions of {}: not recorded in both folders.\n", pairs);
  }
  std::vector<std::string> equal;
  Cells cells = {{"condition", "differs in", "A", "B"}};
  for (const ConditionDifference& each : conditions.all) {
    if (each.different == 0) {
      equal.push_back(each.name);
    } else {
      cells.push_back({each.name, fmt::format("{} of {}", each.different, conditions.recorded),
                       each.first, each.second});
    }
  }
  std::string text = fmt::format("Conditions of {}{}: {}{}.\n", pairs,
                                 conditions.recorded == conditions.pairs
                                     ? ""
                                     : fmt::format(" ({} tell them)", conditions.recorded),
                                 equal.empty() ? "none is the same" : "the same ", Join(equal));
  if (cells.size() > 1) text += AlignedTable(cells, "lrl");
  return text;
}

std::string AccuracyTable(const RunComparison& comparison) {
  Cells cells = {{"model", "n", "A", "B", "B - A", "95 % interval", "p", "Holm's p"}};
  for (const ModelComparison& each : comparison.models) {
    std::vector<std::string> row = {PairName(each.models.first, each.models.second),
                                    fmt::to_string(each.difference.n)};
    if (each.difference.n == 0) {
      row.insert(row.end(), 6, "-");
    } else {
      row.push_back(fmt::format("{:.2f}", each.first_accuracy.mean));
      row.push_back(fmt::format("{:.2f}", each.second_accuracy.mean));
      row.push_back(fmt::format("{:+.2f}", each.difference.mean));
    }
    if (each.test) {
      const PairedTest& test = each.test->test;
      row.push_back(fmt::format("[{:+.2f}, {:+.2f}]", test.interval.low, test.interval.high));
      row.push_back(fmt::format("{:.2g}", test.p));
      row.push_back(fmt::format("{:.2g}", each.test->adjusted_p));
    } else if (each.difference.n > 0) {
      row.insert(row.end(), 3, "-");
    }
    cells.push_back(std::move(row));
  }
  return AlignedTable(cells);
}

// Means over the same seeds. Not tested: one question, one test.
std::string OtherFigures(const RunComparison& comparison) {
  const auto columns =
      QuantitiesNamed({"final_train_accuracy", "final_test_loss", "seconds_per_epoch"});
  Cells cells = {{"model"}};
  std::vector<const ArmRecord*> timed;
  for (const Quantity* column : columns) {
    for (const char* run : {"A", "B"}) cells[0].push_back(fmt::format("{} {}", column->title, run));
  }
  for (const ModelComparison& each : comparison.models) {
    if (each.models.arms.empty()) continue;
    std::vector<std::string> row = {PairName(each.models.first, each.models.second)};
    std::vector<const ArmRecord*> a, b;
    for (const auto& [first, second] : each.models.arms) {
      a.push_back(first);
      b.push_back(second);
      timed.insert(timed.end(), {first, second});
    }
    for (const Quantity* column : columns) {
      row.push_back(fmt::format("{:.{}f}", Sample(a, *column).mean, column->decimals));
      row.push_back(fmt::format("{:.{}f}", Sample(b, *column).mean, column->decimals));
    }
    cells.push_back(std::move(row));
  }
  if (cells.size() == 1) return "";
  return "\nBeside it, not tested:\n" + AlignedTable(cells) +
         (SharesOneClock(timed) ? "" : std::string(kUnfairClock) + "\n");
}

std::string VerdictText(const ModelComparison& each) {
  const std::string name = PairName(each.models.first, each.models.second);
  const int n = each.difference.n;
  if (n == 0) return name + ": no seed that both have finished; nothing is compared.";
  if (!each.test) {
    return fmt::format(
        "{}: with {} nothing can be said of the settings: that takes three seeds or "
        "more (--seeds 5).",
        name, SeedList(each.models.seeds));
  }
  if (each.test->verdict == Verdict::kBeats) {
    const bool second = each.difference.mean > 0;
    return fmt::format("{}: {} beats {} by {:.2f} points at n = {}.", name, second ? "B" : "A",
                       second ? "A" : "B", std::abs(each.difference.mean), n);
  }
  return fmt::format("{}: A and B are not distinguishable at n = {}. {}", name, n,
                     *each.seeds_to_resolve > kMostPairs
                         ? "No number of seeds would resolve a difference of that size."
                         : fmt::format("A true difference of that size, tested alone, would take "
                                       "about {} seeds to find with 80 % power.",
                                       *each.seeds_to_resolve));
}

std::string NetworkSentence(const NetworkComparison& each, std::size_t tested) {
  const std::string name =
      fmt::format("The two networks of seed {}, {}", each.seed, PairName(each.first, each.second));
  if (!each.problem.empty()) return fmt::format("{}: {}; not tested.", name, each.problem);
  return fmt::format(
      "{}: {} images only A gets right, {} only B (McNemar, exact, p = {:.2g}{}): {}.", name,
      each.test.only_first, each.test.only_second, each.adjusted_p,
      tested > 1 ? fmt::format(" after Holm over {} pairs", tested) : "",
      each.adjusted_p <= 0.05 ? "these two differ" : "not distinguishable");
}

std::string Unmatched(const char* run, const std::vector<std::string>& labels) {
  if (labels.empty()) return "";
  std::vector<std::string> shown(
      labels.begin(), labels.begin() + static_cast<long>(std::min(labels.size(), kMostUnmatched)));
  for (std::string& label : shown) label = Shortened(label, kLongestValue);
  return fmt::format("Only in {}, {} model{}: {}{}.\n", run, labels.size(),
                     labels.size() == 1 ? "" : "s", Join(shown, "; "),
                     labels.size() > kMostUnmatched ? "; ..." : "");
}

std::string ResultsText(const RunComparison& comparison) {
  if (comparison.models.empty()) return "No model of A has its like in B; no result is compared.\n";
  std::string text =
      "Final test accuracy in percent, over the seeds that both have finished, paired by seed:\n" +
      AccuracyTable(comparison) + OtherFigures(comparison) + "\n";
  for (const ModelComparison& each : comparison.models) text += PlainLine(VerdictText(each)) + "\n";
  const auto tested = static_cast<std::size_t>(std::ranges::count_if(
      comparison.networks, [](const NetworkComparison& each) { return each.problem.empty(); }));
  for (const NetworkComparison& each : comparison.networks) {
    text += PlainLine(NetworkSentence(each, tested)) + "\n";
  }
  if (comparison.test_images == 0) {
    text += "The number of test images is not known: accuracies are taken as exact.\n";
  }
  return text;
}

}  // namespace

std::string ComparisonText(const RunRecord& first, const RunRecord& second,
                           const RunComparison& comparison) {
  std::string text = RunText("A", first) + RunText("B", second) + "\n" + SettingsText(comparison);
  const std::string conditions = ConditionsText(comparison.conditions);
  if (!conditions.empty()) text += "\n" + conditions;
  return text + "\n" + ResultsText(comparison) + Unmatched("A", comparison.only_first) +
         Unmatched("B", comparison.only_second);
}

}  // namespace normlab
