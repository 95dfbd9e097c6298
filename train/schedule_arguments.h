// The arguments of the schedules: names, PyTorch's defaults, and what values make sense.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "train/schedule.h"

namespace normlab {

// The value given, or PyTorch's default. `options` has passed CheckSchedule, and `argument` is one
// of its schedule's that has a default.
double ScheduleNumber(const ScheduleOptions& options, std::string_view argument);
// Of an argument that lists epochs, ascending.
std::vector<std::int64_t> ScheduleEpochs(const ScheduleOptions& options, std::string_view argument);
std::string ScheduleWord(const ScheduleOptions& options, std::string_view argument);

}  // namespace normlab
