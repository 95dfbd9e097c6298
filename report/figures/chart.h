// A line chart over epochs, or over named places: panels side by side, two in a row, as a gnuplot
// script and its data.
#pragma once

#include <string>
#include <vector>

#include "report/summary/summary.h"

namespace normlab {

// Told apart by colour (Okabe & Ito, "Color universal design", 2008, without yellow, which is too
// pale for a line), and in grey by dash and marker.
struct LineStyle {
  std::string color;
  std::string dash;  // gnuplot's dashtype
  int marker = 0;    // gnuplot's pointtype
};
LineStyle ModelStyle(std::size_t index);
inline constexpr std::size_t kModelColors = 7;  // styles of more models share colours

struct ChartLine {
  std::string label;  // at the line's end
  LineStyle style;
  std::vector<CurvePoint> points;
  bool band = false;  // from lowest to highest
};

struct Panel {
  std::string y_label;    // stands above the axis, where it needs no turned head
  std::string title;      // follows it; may be empty
  int decimals = 2;       // of the number behind each label; 2 digits on a logarithmic axis
  bool accuracy = false;  // a percentage: the axis ends at 0 and 100 at the outside
  int first_epoch = 1;    // the y axis fits what is drawn from here on
  int last_epoch = 1;
  int shaded_from = 0;  // epochs that the next panel shows enlarged; 0: none
  // Names of the places 1, 2, ... along x, where they are no epochs; then CurvePoint::epoch is one.
  std::vector<std::string> places;
  bool logarithmic = false;  // the y axis; values of 0 and below are gaps
  std::vector<ChartLine> lines;
};

struct Chart {
  std::string name;  // figures/<name>.{gp,csv,svg,png}
  std::string title;
  std::string subtitle;
  std::vector<Panel> panels;  // at least one
};

struct ValueRange {
  double low = 0, high = 1;
};
// Of the finite values that the panel draws, bands included, with a margin of 6 % on either side
// (of the logarithms on a logarithmic axis, where the range is never below 0).
ValueRange PanelRange(const Panel& panel);

// epoch, then for each panel's line its value, and for a band also its lowest and highest; empty
// where a line has ended. Panels that show the same lines share the columns of the first. Over
// places: place, the values, and the place's name as the last column.
std::string ChartCsv(const Chart& chart);

// Draws <name>.svg and <name>.png from <name>.csv, all in the script's own folder.
std::string ChartScript(const Chart& chart);

}  // namespace normlab
