// A tensor as rows of numbers on a terminal, channels side by side.
#pragma once

#include <string>
#include <vector>

#include "explain/window.h"

namespace normlab {

struct GridOptions {
  bool letters = false;  // beside each value that of its statistic
  bool color = false;    // and a background of its own
};

// "\x1b[30;48;5;<n>m"; statistics 12 apart share a colour, never a letter.
std::string StatisticColor(std::size_t statistic);
inline constexpr const char* kPlainColor = "\x1b[0m";

// Lines with line ends. `values` are as x.
std::string TextGrid(const WorkedExample& example, const std::vector<double>& values,
                     const Window& window, const GridOptions& options);

}  // namespace normlab
