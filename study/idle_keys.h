// Keys that are set and change nothing.
#pragma once

#include <string>
#include <vector>

#include "config/plan.h"

namespace normlab {

// A line for each key that somebody set to anything but its default and that has an effect in no
// arm of the plan: "l2_on = conv changes nothing while l2 = 0: leave it out".
std::vector<std::string> IdleKeys(const StudyPlan& plan);

}  // namespace normlab
