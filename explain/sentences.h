// The arithmetic of an example in words and numbers, written out; shared by the writers.
#pragma once

#include <string>
#include <vector>

#include "explain/worked_example.h"

namespace normlab {

// Significant digits as many as asked for, no "-0".
std::string NumberText(double value, int digits = 6);

// "[1,0,0,1]", the place of value e in [N][C][H][W].
std::string PlaceText(const ExampleInput& input, std::size_t e);

// "[2]", or "[2,0,1]" where there is a parameter for every element: the place of element p of gamma
// and beta.
std::string ParameterPlace(const ExampleInput& input, std::size_t p);

// "one channel of one image: 4 values in each of 8 statistics"
std::string PooledText(const WorkedExample& example);

// "Group normalization with G = 2 on x of 2x4x2x2 (images, channels, rows, columns), training"
std::string TitleText(const WorkedExample& example);

// "evaluation is the same as training: ..." where the mode makes no difference but was evaluation;
// else empty.
std::string ModeNote(const WorkedExample& example);

// What one statistic holds and how its mean, variance and deviation come about.
std::vector<std::string> StatisticLines(const WorkedExample& example, std::size_t statistic);

// "y[0,0,0,0] = gamma[0] * (x - mean) / deviation + beta[0] = ... = 1.5", all with numbers.
std::string OutputLine(const WorkedExample& example, std::size_t e);
std::string InputGradientLine(const WorkedExample& example, std::size_t e);
// dgamma[0] and dbeta[0]; empty where there are none.
std::vector<std::string> AffineGradientLines(const WorkedExample& example);

// The update of channel c's running mean and variance, with the numbers.
std::vector<std::string> RunningLines(const WorkedExample& example, std::size_t channel);

// "largest difference 3e-11 (relative where values exceed 1) over ..."
std::string NumericLine(const WorkedExample& example);

}  // namespace normlab
