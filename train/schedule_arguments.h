// The arguments of the schedules: names, PyTorch's defaults, and what values make sense.
#pragma once

#include <string>
#include <string_view>

#include "train/schedule.h"

namespace normlab {

// The value given, or PyTorch's default. `options` has passed CheckSchedule, and `argument` is one
// of its schedule's that has a default.
double ScheduleNumber(const ScheduleOptions& options, std::string_view argument);
std::string ScheduleWord(const ScheduleOptions& options, std::string_view argument);

}  // namespace normlab
