// How the accuracy on held-out images answers to a key: every trial of every arm, not one winner.
#pragma once

#include <string>
#include <vector>

#include "config/tuning.h"
#include "records/trials.h"
#include "report/figures/figure.h"

namespace normlab {

// One figure: a point for each trial that trained, filled where it trained to the end. What lies
// far below the better half of all is drawn at the lower edge.
Figure ResponseChart(const Trials& trials, std::size_t key, const TunedKey& range);

}  // namespace normlab
