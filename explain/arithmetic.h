// The arithmetic of an example written out: a formula with its numbers, the sum behind a statistic.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explain/worked_example.h"

namespace normlab {

// Significant digits as many as asked for, no "-0".
std::string NumberText(double value, int digits = 6);

// "[1,0,0,1]", the place of a value along the axes that it has; nothing of a lone number.
std::string PlaceText(const equation::Extents& extents, Axes axes, std::size_t index);
// "image 1, group 0"; "all" of a lone number.
std::string PlaceWords(const equation::Extents& extents, Axes axes, std::size_t index);

// "A" .. "Z", "AA", "AB", ...
std::string StatisticLetter(std::size_t statistic);

// An expression in which the place of each value that it reads is left open.
struct FormulaPiece {
  std::string text;
  std::optional<std::size_t> node = {};  // instead of a text
};
std::vector<FormulaPiece> FormulaOf(const equation::Equation& equation, std::size_t node);
// "x", "weight", "m", "eps": what a node that a formula reads is called.
std::string SymbolText(const equation::Equation& equation, std::size_t node);

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
