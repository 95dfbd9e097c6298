#include "report/tuning/response_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"
#include "base/text.h"
#include "report/figures/chart.h"
#include "report/figures/picture_text.h"

namespace normlab {
namespace {

constexpr int kWidth = 960, kRowHeight = 330;  // pixels; a row of panels
constexpr int kLeft = 70, kPanelsEnd = 770, kPanelGap = 62;
constexpr int kAbove = 40, kBelowPanel = 62, kLineHeight = 18;
constexpr std::size_t kPanelsInARow = 3, kLongestWord = 16, kLongestArm = 22, kLongestKey = 40;
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

std::vector<double> AccuraciesAt(const Trials& trials, std::size_t rung) {
  std::vector<double> known;
  for (const TrialRecord& row : trials.rows) {
    if (!std::isnan(row.at_rungs[rung])) known.push_back(row.at_rungs[rung]);
  }
  return known;
}

// The lowest accuracy that is drawn in its place.
double LowestShown(const Trials& trials, std::size_t rung) {
  std::vector<double> known = AccuraciesAt(trials, rung);
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
  // Texts stand before the figure's loop, where no brace in them can end its block.
  std::string Texts() const {
    std::string texts;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      texts += fmt::format("word_{} = {}\n", i, PictureString(words_[i], kLongestWord));
    }
    return texts;
  }
  std::string Script() const {
    if (numeric()) return NumericScript();
    std::vector<std::string> tics;
    std::size_t characters = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      tics.push_back(fmt::format("word_{} {}", i, i + 1));
      characters += std::min(CharacterCount(words_[i]), kLongestWord) + 1;
    }
    return fmt::format("  set xtics ({}){}\n  set xrange [0.5:{}.5]\n", Join(tics),
                       characters > 24 ? " rotate by -20" : "", words_.size());
  }

 private:
  // As wide as what is drawn from, and a little more.
  std::string NumericScript() const {
    if (!range_.logarithmic) {
      const double margin = 0.04 * (range_.high - range_.low);
      return fmt::format("  set xrange [{:g}:{:g}]\n", range_.low - margin, range_.high + margin);
    }
    const double factor = std::pow(range_.high / range_.low, 0.04);
    return fmt::format("  set logscale x\n  set xrange [{:g}:{:g}]\n", range_.low / factor,
                       range_.high * factor);
  }

  const TunedKey& range_;
  std::vector<std::string> words_;
};

// value, then for each rung a column of every arm.
std::string Csv(const Trials& trials, std::size_t key, const Axis& axis,
                const std::vector<std::string>& arms) {
  std::vector<std::string> header = {CsvField(trials.keys[key])};
  std::vector<double> lowest;
  for (std::size_t rung = 0; rung < trials.rungs.size(); ++rung) {
    lowest.push_back(LowestShown(trials, rung));
    for (const std::string& arm : arms) {
      header.push_back(CsvField(fmt::format("{}, epoch {}", arm, trials.rungs[rung])));
    }
  }
  std::string text = Join(header, ",") + "\n";
  for (const TrialRecord& row : trials.rows) {
    std::vector<std::string> fields(header.size());
    const auto arm = static_cast<std::size_t>(std::ranges::find(arms, row.arm) - arms.begin());
    fields[0] = axis.Place(row.values[key], arm, arms.size());
    for (std::size_t rung = 0; rung < trials.rungs.size(); ++rung) {
      const double accuracy = row.at_rungs[rung];
      if (std::isnan(accuracy)) continue;
      fields[1 + rung * arms.size() + arm] =
          fmt::format("{:.3f}", std::max(accuracy, lowest[rung]));
    }
    text += Join(fields, ",") + "\n";
  }
  return text;
}

std::string Texts(const Trials& trials, const std::string& key, const Axis& axis,
                  const std::vector<std::string>& arms) {
  std::string texts = fmt::format("key_name = {}\n", PictureString(key, kLongestKey));
  for (std::size_t arm = 0; arm < arms.size(); ++arm) {
    texts += fmt::format("arm_{} = {}\n", arm, PictureString(arms[arm], kLongestArm));
  }
  for (std::size_t rung = 0; rung < trials.rungs.size(); ++rung) {
    texts += fmt::format("rung_{} = 'epoch {}: {} of {} trials'\n", rung, trials.rungs[rung],
                         AccuraciesAt(trials, rung).size(), trials.rows.size());
  }
  return texts + axis.Texts();
}

int HeightOf(std::size_t rungs, std::size_t arms) {
  const std::size_t rows = (rungs + kPanelsInARow - 1) / kPanelsInARow;
  return std::max(static_cast<int>(rows) * kRowHeight,
                  2 * kAbove + static_cast<int>(arms) * kLineHeight);
}

// Where the panel of a rung stands; the arms' names are told right of them all, once.
std::string Place(std::size_t rung, std::size_t rungs, int height) {
  const auto across = static_cast<int>(std::min(rungs, kPanelsInARow));
  const int width = (kPanelsEnd - kLeft - (across - 1) * kPanelGap) / across;
  const int left = kLeft + static_cast<int>(rung % kPanelsInARow) * (width + kPanelGap);
  const int top = kAbove + static_cast<int>(rung / kPanelsInARow) * kRowHeight;
  const int bottom = top + kRowHeight - kAbove - kBelowPanel;
  const auto part = [](int of, int whole) { return static_cast<double>(of) / whole; };
  return fmt::format(
      "  set lmargin at screen {:.5f}\n  set rmargin at screen {:.5f}\n"
      "  set tmargin at screen {:.5f}\n  set bmargin at screen {:.5f}\n",
      part(left, kWidth), part(left + width, kWidth), 1 - part(top, height),
      1 - part(bottom, height));
}

std::string PanelScript(const std::string& name, std::size_t rung, std::size_t rungs,
                        std::size_t arms) {
  std::string script = Place(rung, rungs, HeightOf(rungs, arms));
  script += fmt::format(
      "  {}\n  set label 1 rung_{} at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'\n  plot ",
      rung == 0 ? "set key at screen 0.995,0.9 right top Left reverse samplen 1" : "unset key",
      rung);
  std::vector<std::string> parts;
  for (std::size_t arm = 0; arm < arms; ++arm) {
    const LineStyle style = ModelStyle(arm);
    parts.push_back(
        fmt::format("'{}.csv' using 1:{} skip 1 with points pointtype {} pointsize 0.8 linecolor "
                    "rgb '{}' title "
                    "arm_{}",
                    name, 2 + rung * arms + arm, style.marker, style.color, arm));
  }
  return script + Join(parts, ", \\\n    ") + "\n";
}

std::string Script(const Trials& trials, const std::string& name, const std::string& key,
                   const Axis& axis, const std::vector<std::string>& arms) {
  const std::size_t rungs = trials.rungs.size();
  const int height = HeightOf(rungs, arms.size());
  std::string script = FigureHead(name, kWidth, height) + Texts(trials, key, axis, arms) +
                       FigureLoop(name, kWidth, height);
  script +=
      "  set border 3\n"
      "  set tics nomirror out scale 0.5\n  set grid ytics linecolor rgb '#e2e2e2'\n"
      "  set offsets graph 0.05, graph 0.05, graph 0.05, graph 0.02\n  set xlabel key_name\n" +
      axis.Script();
  for (std::size_t rung = 0; rung < rungs; ++rung) {
    script += PanelScript(name, rung, rungs, arms.size());
  }
  return script + FigureTail();
}

// What the caption says of trainings that are not where they belong.
std::string CutText(const Trials& trials) {
  std::vector<std::string> cuts;
  for (std::size_t rung = 0; rung < trials.rungs.size(); ++rung) {
    const double lowest = LowestShown(trials, rung);
    const bool cut = std::ranges::any_of(
        trials.rows, [&](const TrialRecord& row) { return row.at_rungs[rung] < lowest; });
    if (cut) cuts.push_back(fmt::format("{:.1f} % after epoch {}", lowest, trials.rungs[rung]));
  }
  return cuts.empty() ? "" : fmt::format("; what is lower is drawn at {}", Join(cuts));
}

}  // namespace

Figure ResponseChart(const Trials& trials, std::size_t key, const TunedKey& range) {
  const std::string& title = trials.keys[key];
  const std::vector<std::string> arms = ArmsOf(trials);
  const Axis axis(range);
  Figure figure;
  figure.name = "tuned-" + FileStem(title);
  figure.alt = fmt::format("Accuracy on held-out images against {}, a point for each trial", title);
  figure.caption =
      fmt::format("Accuracy on held-out images (%) against {}, a point for each trial{}{}.", title,
                  trials.rungs.size() > 1 ? ", at equal epochs: those that trained so far" : "",
                  CutText(trials));
  figure.script = Script(trials, figure.name, title, axis, arms);
  figure.data = {{figure.name + ".csv", Csv(trials, key, axis, arms)}};
  return figure;
}

}  // namespace normlab
