#include "report/tuning/response_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"
#include "base/text.h"
#include "report/figures/chart.h"

namespace normlab {
namespace {

constexpr int kWidth = 900, kHeight = 460;
// Deviations that are drawn below the median: a training that failed would press the others
// together.
constexpr double kBelow = 2;

std::vector<std::string> ArmsOf(const Trials& trials) {
  std::vector<std::string> arms;
  for (const TrialRecord& row : trials.rows) {
    if (std::ranges::find(arms, row.arm) == arms.end()) arms.push_back(row.arm);
  }
  return arms;
}

// The lowest accuracy that is drawn in its place.
double LowestShown(const Trials& trials) {
  std::vector<double> known;
  for (const TrialRecord& row : trials.rows) {
    if (!std::isnan(row.validation_accuracy)) known.push_back(row.validation_accuracy);
  }
  if (known.empty()) return 0;
  std::ranges::sort(known);
  const double median = known[known.size() / 2], spread = known.back() - median;
  return std::max(known.front(), median - std::max(kBelow * spread, 1.0));
}

// Where a value stands along x: itself, or its place among the words.
class Axis {
 public:
  explicit Axis(const TunedKey& range) : range_(range) {
    for (const Setting& value : range.values) words_.push_back(value.value);
  }
  bool numeric() const { return words_.empty(); }
  // Arms stand beside each other at a word.
  std::string Place(const std::string& value, std::size_t arm, std::size_t arms) const {
    if (numeric()) return value;
    const auto found = std::ranges::find(words_, value);
    const double beside = static_cast<double>(arm) - (static_cast<double>(arms) - 1) / 2;
    return fmt::format("{:.3f}", static_cast<double>(found - words_.begin() + 1) +
                                     0.5 * beside / static_cast<double>(arms));
  }
  std::string Script() const {
    if (numeric()) return range_.logarithmic ? "  set logscale x\n" : "";
    std::vector<std::string> tics;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      tics.push_back(fmt::format("{} {}", GnuplotString(Shortened(words_[i], 24)), i + 1));
    }
    return fmt::format("  set xtics ({})\n  set xrange [0.5:{}.5]\n", Join(tics), words_.size());
  }

 private:
  const TunedKey& range_;
  std::vector<std::string> words_;
};

// value, then for each arm two columns: of trials that ended, and of those that were dropped.
std::string Csv(const Trials& trials, std::size_t key, const Axis& axis,
                const std::vector<std::string>& arms, double lowest) {
  std::vector<std::string> header = {CsvField(trials.keys[key])};
  for (const std::string& arm : arms) {
    header.push_back(CsvField(arm));
    header.push_back(CsvField(arm + ", dropped"));
  }
  std::string text = Join(header, ",") + "\n";
  for (const TrialRecord& row : trials.rows) {
    if (std::isnan(row.validation_accuracy)) continue;
    std::vector<std::string> fields(header.size());
    const auto arm = static_cast<std::size_t>(std::ranges::find(arms, row.arm) - arms.begin());
    fields[0] = axis.Place(row.values[key], arm, arms.size());
    fields[1 + 2 * arm + (row.state == "finished" ? 0 : 1)] =
        fmt::format("{:.3f}", std::max(row.validation_accuracy, lowest));
    text += Join(fields, ",") + "\n";
  }
  return text;
}

std::string Script(const std::string& name, const std::string& key, const Axis& axis,
                   const std::vector<std::string>& arms) {
  std::string script = FigureHead(name, kWidth, kHeight) + FigureLoop(name, kWidth, kHeight);
  script +=
      "  set key outside right top Left reverse samplen 1\n  set border 3\n"
      "  set tics nomirror out scale 0.5\n  set grid ytics linecolor rgb '#e2e2e2'\n"
      "  set offsets graph 0.03, graph 0.03, graph 0.05, graph 0.02\n"
      "  set ylabel 'accuracy on held-out images (%)'\n";
  script += fmt::format("  set xlabel {}\n{}  plot ", GnuplotString(key), axis.Script());
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    const LineStyle style = ModelStyle(i);
    parts.push_back(
        fmt::format("'{}.csv' using 1:{} skip 1 with points pointtype 7 pointsize 1 linecolor rgb "
                    "'{}' title {}",
                    name, 2 + 2 * i, style.color, GnuplotString(Shortened(arms[i], 30))));
    parts.push_back(fmt::format(
        "'' using 1:{} skip 1 with points pointtype 6 pointsize 0.9 linecolor rgb '{}' notitle",
        3 + 2 * i, style.color));
  }
  return script + Join(parts, ", \\\n    ") + "\n" + FigureTail();
}

}  // namespace

Figure ResponseChart(const Trials& trials, std::size_t key, const TunedKey& range) {
  const std::string& title = trials.keys[key];
  const std::vector<std::string> arms = ArmsOf(trials);
  const Axis axis(range);
  const double lowest = LowestShown(trials);
  Figure figure;
  figure.name = "tuned-" + FileStem(title);
  figure.alt = fmt::format("Accuracy on held-out images against {}, a point for each trial", title);
  const bool cut = std::ranges::any_of(
      trials.rows, [&](const TrialRecord& row) { return row.validation_accuracy < lowest; });
  const bool dropped = std::ranges::any_of(trials.rows, [](const TrialRecord& row) {
    return row.state != "finished" && !std::isnan(row.validation_accuracy);
  });
  figure.caption =
      fmt::format("Accuracy on held-out images against {}, a point for each trial{}{}.", title,
                  dropped ? "; hollow: dropped or diverged, as it stood then" : "",
                  cut ? fmt::format("; what is below {:.1f} % is drawn there", lowest) : "");
  figure.script = Script(figure.name, title, axis, arms);
  figure.data = {{figure.name + ".csv", Csv(trials, key, axis, arms, lowest)}};
  return figure;
}

}  // namespace normlab
