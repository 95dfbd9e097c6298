#include "report/figures/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/escape.h"
#include "report/figures/figure.h"
#include "report/figures/label_layout.h"
#include "report/figures/picture_text.h"

namespace normlab {
namespace {

constexpr int kWidth = 1000, kHeight = 446;      // pixels of the SVG
constexpr int kTop = 98, kBottom = 384;          // of the panels of the first row
constexpr int kRowHeight = kBottom - kTop + 84;  // from a row of panels to the next
constexpr std::size_t kPanelsInARow = 2;
constexpr int kFirstLeft = 76, kPanelGap = 84, kEnd = 988;  // places across
constexpr double kCharacterWidth = 7.4, kLabelHeight = 16;
constexpr std::size_t kLongestLabel = 30, kLongestPlace = 9;
// Names of gnuplot's variables: a panel's texts, and among them those of its places.
constexpr int kTextsPerPanel = 10000, kPlaceTexts = 5000;
constexpr std::size_t kMostNamedPlaces = 15;

// Where the data of a line lie in the csv, 1-based; low and high follow the value when banded.
struct Columns {
  std::vector<std::vector<int>> value;  // [panel][line]
  int count = 1;
};

bool SameLines(const Panel& a, const Panel& b) {
  if (a.y_label != b.y_label || a.lines.size() != b.lines.size()) return false;
  for (std::size_t i = 0; i < a.lines.size(); ++i) {
    if (a.lines[i].label != b.lines[i].label) return false;
  }
  return true;
}

Columns AssignColumns(const Chart& chart) {
  Columns columns;
  for (std::size_t p = 0; p < chart.panels.size(); ++p) {
    if (p > 0 && SameLines(chart.panels[p], chart.panels[0])) {
      columns.value.push_back(columns.value[0]);
      continue;
    }
    columns.value.emplace_back();
    for (const ChartLine& line : chart.panels[p].lines) {
      columns.value.back().push_back(columns.count + 1);
      columns.count += line.band ? 3 : 1;
    }
  }
  return columns;
}

struct Box {
  int left = 0, right = 0, row = 0;
  double width() const { return right - left; }
};

std::size_t Rows(const Chart& chart) {
  return (chart.panels.size() + kPanelsInARow - 1) / kPanelsInARow;
}

int HeightOf(const Chart& chart) {
  return kHeight + kRowHeight * (static_cast<int>(Rows(chart)) - 1);
}

std::string EndText(const Panel& panel, const ChartLine& line) {
  if (panel.logarithmic) {
    return fmt::format("{} {:.2g}", Shortened(line.label, kLongestLabel), line.points.back().mean);
  }
  return fmt::format("{} {:.{}f}", Shortened(line.label, kLongestLabel), line.points.back().mean,
                     panel.decimals);
}

// Panels of a row share the width that the labels at their right leave.
void AddRow(std::span<const Panel> panels_of_row, int row, std::vector<Box>& boxes) {
  std::vector<double> labels;
  double free = kEnd - kFirstLeft;
  for (const Panel& panel : panels_of_row) {
    std::size_t longest = 0;
    if (panel.shaded_from == 0) {
      for (const ChartLine& line : panel.lines) {
        if (line.points.empty()) continue;
        longest = std::max(longest, CharacterCount(EndText(panel, line)));
      }
    }
    labels.push_back(longest == 0 ? 0 : 24 + kCharacterWidth * static_cast<double>(longest));
    free -= labels.back();
  }
  const double panels = static_cast<double>(panels_of_row.size());
  const double each = (free - kPanelGap * (panels - 1)) / panels;
  double left = kFirstLeft;
  for (double label : labels) {
    boxes.push_back({static_cast<int>(left), static_cast<int>(left + each), row});
    left += each + label + kPanelGap;
  }
}

std::vector<Box> PanelBoxes(const Chart& chart) {
  std::vector<Box> boxes;
  for (std::size_t row = 0; row < Rows(chart); ++row) {
    const std::size_t first = row * kPanelsInARow;
    const std::size_t count = std::min(kPanelsInARow, chart.panels.size() - first);
    AddRow(std::span(chart.panels).subspan(first, count), static_cast<int>(row), boxes);
  }
  return boxes;
}

// Whole epochs, at most ten of them, at round numbers.
std::string EpochTics(int first, int last) {
  int step = 1;  // 1, 2, 5, 10, 20, 50, ...
  for (int i = 0; (last - first) / step >= 10; ++i) step = i % 3 == 1 ? step / 2 * 5 : step * 2;
  std::string tics;
  const auto add = [&](int epoch) { tics += fmt::format("{}{}", tics.empty() ? "" : ",", epoch); };
  if (first == 1 && step > 2) add(1);
  for (int epoch = (first + step - 1) / step * step; epoch <= last; epoch += step) add(epoch);
  return tics;
}

// Names stand in variables, and where there are many only some of them are shown.
std::string PlaceTics(const Panel& panel, int text_base) {
  const std::size_t step = (panel.places.size() + kMostNamedPlaces - 1) / kMostNamedPlaces;
  std::string tics;
  for (std::size_t i = 0; i < panel.places.size(); i += step) {
    tics += fmt::format("{}text_{} {}", tics.empty() ? "" : ",",
                        text_base + kPlaceTexts + static_cast<int>(i), i + 1);
  }
  return tics;
}

// Whether the names of the places have room beside each other.
bool FitBeside(const Panel& panel) {
  std::size_t characters = 0;
  for (const std::string& place : panel.places) characters += CharacterCount(place) + 2;
  return characters <= 40;
}

// Where a value stands between the ends of the y axis, from 0 to 1.
double Height(const Panel& panel, const ValueRange& range, double value) {
  if (!panel.logarithmic) return (value - range.low) / (range.high - range.low);
  return std::log(value / range.low) / std::log(range.high / range.low);
}

bool IsDrawn(const Panel& panel, double value) {
  return std::isfinite(value) && (!panel.logarithmic || value > 0);
}

double XMargin(const Panel& panel) {
  return std::max(0.02 * (panel.last_epoch - panel.first_epoch),
                  panel.last_epoch == panel.first_epoch ? 0.5 : 0.1);
}

// Labels right of the panel, each joined to the end of its line by a thin stroke.
std::string EndLabels(const Panel& panel, const Box& box, int text_base) {
  const ValueRange range = PanelRange(panel);
  const double height = kBottom - kTop, x_margin = XMargin(panel);
  const double x_low = panel.first_epoch - x_margin, x_high = panel.last_epoch + x_margin;
  std::vector<double> wanted;
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < panel.lines.size(); ++i) {
    const auto& points = panel.lines[i].points;
    if (points.empty() || !IsDrawn(panel, points.back().mean)) continue;
    wanted.push_back(std::clamp(Height(panel, range, points.back().mean), 0.0, 1.0));
    shown.push_back(i);
  }
  const std::vector<double> places = SpreadLabels(wanted, kLabelHeight / height, 0, 1);
  const double stroke = 1 + 16 / box.width(), text = 1 + 20 / box.width();
  std::string script;
  for (std::size_t k = 0; k < shown.size(); ++k) {
    const ChartLine& line = panel.lines[shown[k]];
    const double x = (line.points.back().epoch - x_low) / (x_high - x_low);
    // A line that ended before this panel begins has nothing here to be joined to.
    if (x >= 0) {
      script += fmt::format(
          "  set arrow from graph {:.5f},{:.5f} to graph {:.5f},{:.5f} nohead lc rgb '{}' lw 0.6\n",
          x, wanted[k], stroke, places[k], line.style.color);
    }
    script +=
        fmt::format("  set label text_{} at graph {:.5f},{:.5f} left textcolor rgb '{}'\n",
                    text_base + static_cast<int>(shown[k]), text, places[k], line.style.color);
  }
  return script;
}

std::string PlotCommand(const Panel& panel, const std::vector<int>& columns,
                        const std::string& csv) {
  const bool epochs = panel.places.empty();
  const int interval = epochs ? std::max(1, (panel.last_epoch - panel.first_epoch + 1) / 10) : 1;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < panel.lines.size(); ++i) {
    if (!panel.lines[i].band) continue;
    parts.push_back(
        fmt::format("'{}' skip 1 using 1:{}:{} with filledcurves fillcolor rgb '{}' fillstyle "
                    "transparent solid "
                    "0.18 noborder",
                    csv, columns[i] + 1, columns[i] + 2, panel.lines[i].style.color));
  }
  for (std::size_t i = 0; i < panel.lines.size(); ++i) {
    const LineStyle& style = panel.lines[i].style;
    parts.push_back(
        fmt::format("'{}' skip 1 using 1:{} with linespoints linecolor rgb '{}' linewidth 1.8 "
                    "dashtype {} pointtype {} pointsize 0.6 pointinterval {}",
                    csv, columns[i], style.color, style.dash, style.marker, interval));
  }
  std::string command = "  plot ";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    command += (i == 0 ? "" : ", \\\n    ") + parts[i];
  }
  return command + "\n";
}

// Of the row below the first; that of the first is set once.
std::string Margins(const Box& box, int height) {
  if (box.row == 0) return "";
  const double down = box.row * kRowHeight;
  return fmt::format("  set tmargin at screen {:.5f}\n  set bmargin at screen {:.5f}\n",
                     1 - (kTop + down) / height, 1 - (kBottom + down) / height);
}

std::string PanelScript(const Chart& chart, std::size_t p, const Box& box,
                        const std::vector<int>& columns, int text_base) {
  const Panel& panel = chart.panels[p];
  const ValueRange range = PanelRange(panel);
  const double margin = XMargin(panel);
  const bool epochs = panel.places.empty();
  std::string script = Margins(box, HeightOf(chart));
  script += fmt::format(
      "  set lmargin at screen {:.5f}\n  set rmargin at screen {:.5f}\n"
      "  set xrange [{:g}:{:g}]\n  {} logscale y\n  set yrange [{:.9g}:{:.9g}]\n"
      "  set xtics ({}) {}\n  set xlabel '{}' offset 0,{}\n"
      "  set label text_{} at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'\n",
      static_cast<double>(box.left) / kWidth, static_cast<double>(box.right) / kWidth,
      panel.first_epoch - margin, panel.last_epoch + margin, panel.logarithmic ? "set" : "unset",
      range.low, range.high,
      epochs ? EpochTics(panel.first_epoch, panel.last_epoch) : PlaceTics(panel, text_base),
      epochs || FitBeside(panel) ? "norotate" : "rotate by -40", epochs ? "epoch" : "",
      epochs ? "0.3" : "0", text_base);
  if (panel.shaded_from > 0) {
    script += fmt::format(
        "  set object rectangle from first {:g}, graph 0 to first {:g}, graph 1 behind "
        "fillcolor rgb '#f0f0f0' fillstyle solid noborder\n",
        panel.shaded_from - margin, panel.last_epoch + margin);
  } else {
    script += EndLabels(panel, box, text_base + 1);
  }
  script += PlotCommand(panel, columns, chart.name + ".csv");
  return script + "  unset label\n  unset arrow\n  unset object\n";
}

// Every text stands before the loop, where no brace in it can end the loop's block.
std::string PanelTexts(const Panel& panel, int text_base) {
  std::string title = panel.y_label;
  if (!panel.title.empty()) title += ", " + panel.title;
  std::string texts = fmt::format("text_{} = {}\n", text_base, GnuplotString(title));
  for (std::size_t i = 0; i < panel.lines.size(); ++i) {
    const ChartLine& line = panel.lines[i];
    const std::string text = line.points.empty() ? line.label : EndText(panel, line);
    texts +=
        fmt::format("text_{} = {}\n", text_base + 1 + static_cast<int>(i), GnuplotString(text));
  }
  for (std::size_t i = 0; i < panel.places.size(); ++i) {
    texts += fmt::format("text_{} = {}\n", text_base + kPlaceTexts + static_cast<int>(i),
                         GnuplotString(Shortened(panel.places[i], kLongestPlace)));
  }
  return texts;
}

// Before the room that words take is reckoned.
Chart InWordsThatCanBeDrawn(Chart chart) {
  chart.title = PictureText(chart.title);
  chart.subtitle = PictureText(chart.subtitle);
  for (Panel& panel : chart.panels) {
    panel.title = PictureText(panel.title);
    panel.y_label = PictureText(panel.y_label);
    for (ChartLine& line : panel.lines) line.label = PictureText(line.label);
    for (std::string& place : panel.places) place = PictureText(place);
  }
  return chart;
}

}  // namespace

LineStyle ModelStyle(std::size_t index) {
  static const std::array<std::string, kModelColors> colors = {
      "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"};
  static const std::array<std::string, 5> dashes = {"1", "(12,4)", "(3,3)", "(12,3,3,3)", "(6,3)"};
  static const std::array<int, 6> markers = {7, 5, 9, 13, 11, 6};  // filled, then hollow circle
  return {colors[index % colors.size()], dashes[index % dashes.size()],
          markers[index % markers.size()]};
}

ValueRange PanelRange(const Panel& panel) {
  double low = INFINITY, high = -INFINITY;
  for (const ChartLine& line : panel.lines) {
    for (const CurvePoint& point : line.points) {
      if (point.epoch < panel.first_epoch || point.epoch > panel.last_epoch) continue;
      for (double value : {point.mean, point.low, point.high}) {
        if (!IsDrawn(panel, value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  if (panel.logarithmic) {
    if (low > high) return {0.1, 1};
    const double factor = std::pow(high / low, 0.06);
    return factor > 1.001 ? ValueRange{low / factor, high * factor} : ValueRange{low / 2, high * 2};
  }
  if (low > high) return {0, 1};
  double margin = 0.06 * (high - low);
  if (margin <= 1e-6 * std::abs(high)) margin = std::max(0.01 * std::abs(high), 1e-6);
  ValueRange range{low >= 0 ? std::max(0.0, low - margin) : low - margin, high + margin};
  if (panel.accuracy && high <= 100) range.high = std::min(range.high, 100.0);
  if (range.high <= range.low) range.low = range.high - margin;
  return range;
}

std::string ChartCsv(const Chart& chart) {
  const Columns columns = AssignColumns(chart);
  std::vector<const ChartLine*> lines;
  const std::vector<std::string>& places = chart.panels.front().places;
  std::string text = places.empty() ? "epoch" : "place";
  for (std::size_t p = 0; p < chart.panels.size(); ++p) {
    const Panel& panel = chart.panels[p];
    if (p > 0 && columns.value[p] == columns.value[0]) continue;
    for (const ChartLine& line : panel.lines) {
      const std::string name = line.label + ": " + panel.y_label;
      text += "," + CsvField(line.band ? name + ", mean" : name);
      if (line.band) text += "," + CsvField(name + ", lowest") + "," + CsvField(name + ", highest");
      lines.push_back(&line);
    }
  }
  if (!places.empty()) text += ",name";
  std::size_t epochs = 0;
  for (const ChartLine* line : lines) epochs = std::max(epochs, line->points.size());
  for (std::size_t e = 0; e < epochs; ++e) {
    text += fmt::format("\n{}", e + 1);
    for (const ChartLine* line : lines) {
      const bool ended = e >= line->points.size();
      text += ended ? "," : fmt::format(",{}", line->points[e].mean);
      if (line->band && ended) text += ",,";
      if (line->band && !ended) {
        text += fmt::format(",{},{}", line->points[e].low, line->points[e].high);
      }
    }
    if (e < places.size()) text += "," + CsvField(places[e]);
  }
  return text + "\n";
}

std::string ChartScript(const Chart& with_any_words) {
  const Chart chart = InWordsThatCanBeDrawn(with_any_words);
  const Columns columns = AssignColumns(chart);
  const std::vector<Box> boxes = PanelBoxes(chart);
  const int height = HeightOf(chart);
  std::string script = FigureHead(chart.name, kWidth, height);
  script += fmt::format("title = {}\nsubtitle = {}\n", GnuplotString(Shortened(chart.title, 100)),
                        GnuplotString(Shortened(chart.subtitle, 130)));
  for (std::size_t p = 0; p < chart.panels.size(); ++p) {
    script += PanelTexts(chart.panels[p], kTextsPerPanel * static_cast<int>(p + 1));
  }
  script += FigureLoop(chart.name, kWidth, height);
  script += fmt::format(
      "  set label title at screen {0:.5f},{1:.5f} left font ',17'\n"
      "  set label subtitle at screen {0:.5f},{2:.5f} left textcolor rgb '#666666'\n"
      "  set tmargin at screen {3:.5f}\n  set bmargin at screen {4:.5f}\n"
      "  set border 3 linecolor rgb '#666666' linewidth 0.8\n"
      "  set tics nomirror out scale 0.5 textcolor rgb '#333333'\n"
      "  set grid ytics linecolor rgb '#e2e2e2' linetype 1 linewidth 0.6\n"
      "  set format '%g'\n",
      18.0 / kWidth, 1 - 24.0 / height, 1 - 48.0 / height, 1 - double{kTop} / height,
      1 - double{kBottom} / height);
  for (std::size_t p = 0; p < chart.panels.size(); ++p) {
    script +=
        PanelScript(chart, p, boxes[p], columns.value[p], kTextsPerPanel * static_cast<int>(p + 1));
  }
  return script + FigureTail();
}

}  // namespace normlab
