// The statistics of a normalization, as its equation has them: what each pools over, of what, and
// whether evaluation has a running value in its place.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "norm/equation/equation.h"
#include "norm/equation/extents.h"
#include "norm/equation/pooling.h"

namespace normlab::equation {

// A reduction of what depends on the map.
struct Statistic {
  std::size_t node = 0;
  std::size_t statement = 0;  // in whose line it stands
  bool running = false;       // is kept for evaluation
};

// In the order of the text; of equal expressions the first alone.
std::vector<Statistic> StatisticsOf(const Equation& equation);

// "mean", "variance", "mean square"; of what is not x itself "mean of abs(x - m)", "variance of z".
std::string StatisticWords(const Equation& equation, const Statistic& statistic);

// Statistics that pool the same axes and keep the same.
struct Pooling {
  Axes pooled, kept;
  std::vector<Statistic> statistics;
  // Whether any of them pools values that have all axes of x, not other statistics alone.
  bool of_values = false;
};

// In the order of their first statistics.
std::vector<Pooling> PoolingsOf(const Equation& equation);

// "one channel of one image; all channels of one image"; "nothing" of no statistics.
std::string PoolsOver(const Equation& equation);

// "mean and variance over one channel of one image"; of several poolings with "; " between.
std::string PooledWords(const Equation& equation);

// Of each node whether its value depends on x; running values do not.
std::vector<bool> DependsOnInput(const Equation& equation);

// Of each node whether it is made of numbers and keys alone.
std::vector<bool> PlainNodes(const Equation& equation);

// Of each node whether it is a reduction over a single value, of the smallest batch or ghost batch.
// `images` 0: of any number of images, so that none over images is.
std::vector<bool> LoneReductions(const Equation& equation, const Extents& extents, int images);

// Nodes that y is computed from; in evaluation running values stand for what they are kept of.
std::vector<bool> NodesOfOutput(const Equation& equation, bool training);

// Whether M, B or `ghost` is named; whether G, K or `groups` is.
bool NamesGhostBatches(const Equation& equation);
bool NamesGroups(const Equation& equation);

}  // namespace normlab::equation
