// What in a study looks like a mistake, or should be known before its numbers are believed: it
// trains all the same.
#pragma once

#include <string>
#include <vector>

#include "config/plan.h"
#include "data/dataset.h"

namespace normlab {

// A line each, before any data is read: what normlab summary warns of in the networks, steps of
// schedules that never come, keys that change nothing.
std::vector<std::string> PlanDoubts(const StudyPlan& plan);

// A line each: files under a published set's name that are not its own, classes of which holding
// out leaves no training image.
std::vector<std::string> DataDoubts(const StudyPlan& plan, const Dataset& dataset);

}  // namespace normlab
