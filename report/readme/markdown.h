// Pieces of Markdown that several sections are made of.
#pragma once

#include <string>
#include <vector>

#include "report/figures/figure.h"
#include "statistics/sample.h"

namespace normlab {

// `body` is Markdown and shown when the summary, plain text, is clicked.
std::string Folded(const std::string& summary, const std::string& body);

// GitHub's anchor of a heading.
std::string Anchor(const std::string& heading);

// Pictures with their captions. The number of a figure is its place in the README, drawn or not, so
// that references stay right; `number` is the last one so far.
std::string FigureList(const std::vector<Figure>& figures, int& number);

// "-" where it is no number.
std::string DecimalText(double value, int decimals);
// "75.69 ± 1.72", or the value alone where n = 1, or "-".
std::string MeanText(const SampleSummary& sample, int decimals);
// "[73.91, 77.47]"; "-" where n < 2.
std::string IntervalText(const SampleSummary& sample, int decimals);

}  // namespace normlab
