// Pieces of Markdown that several sections are made of.
#pragma once

#include <string>
#include <vector>

#include "report/figures/figure.h"

namespace normlab {

// `body` is Markdown and shown when the summary, plain text, is clicked.
std::string Folded(const std::string& summary, const std::string& body);

// GitHub's anchor of a heading.
std::string Anchor(const std::string& heading);

// Pictures with their captions. The number of a figure is its place in the README, drawn or not, so
// that references stay right; `number` is the last one so far.
std::string FigureList(const std::vector<Figure>& figures, int& number);

}  // namespace normlab
