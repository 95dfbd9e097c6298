// The arithmetic of an example written out: a formula with its numbers, the sum behind a statistic.
#pragma once

#include <string>
#include <vector>

#include "explain/worked_example.h"
#include "norm/equation/formula.h"

namespace normlab {

// Significant digits as many as asked for, no "-0".
std::string NumberText(double value, int digits = 6);

// "A" .. "Z", "AA", "AB", ...
std::string StatisticLetter(std::size_t statistic);

// How value `index` of a step comes about, in its last line its name and its value:
// "y[0,0,0,0] = weight[0] * (x[0,0,0,0] - m[0]) / ... = 2 * (1 - 3) / ... = -1.5".
std::vector<std::string> ArithmeticLines(const WorkedExample& example, const WorkedStep& step,
                                         std::size_t index);

// "m pools one channel of all 2 images: 8 values in each of 4"
std::string PooledText(const WorkedExample& example, const WorkedStep& step);

// "running_mean[0] = (1 - 0.1) * 0 + 0.1 * 2 = 0.2"
std::string RunningLine(const WorkedExample& example, std::size_t statement, std::size_t index);

// "dm[0] = 0.25 (through v) - 1 (through y) = -0.75"; `name` is "dm".
std::string GradientLine(const WorkedExample& example, const WorkedGradient& gradient,
                         const std::string& name, std::size_t index);

// How far the gradients are from their numeric check.
std::string CheckLine(const WorkedExample& example);

}  // namespace normlab
