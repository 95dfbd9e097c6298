// How the accuracy on held-out images answers to a key: every trial of every arm, not one winner.
#pragma once

#include <string>
#include <vector>

#include "config/tuning.h"
#include "records/trials.h"
#include "report/figures/figure.h"

namespace normlab {

// One figure with a panel for each rung: a point for each trial that trained so far, so that a
// panel compares equal epochs. What lies far below the better half of a panel is drawn at its lower
// edge.
Figure ResponseChart(const Trials& trials, std::size_t key, const TunedKey& range);

}  // namespace normlab
