// What a schedule's file says of it: its name and arguments, and what makes one. A new one is a
// file here, a line below and a row in train/schedule.cc.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "train/schedule.h"

namespace normlab {

struct ScheduleKind {
  ChoiceKind arguments;
  std::unique_ptr<Schedule> (*make)(const ScheduleOptions& options, Rates start,
                                    std::int64_t total_steps);
  // Throws UsageError where arguments do not go together; null: all do.
  void (*check)(const ScheduleOptions& options) = nullptr;
};

// The value given, or the default; `options` has passed CheckSchedule.
double ScheduleNumber(const ScheduleOptions& options, std::string_view argument);
std::string ScheduleWord(const ScheduleOptions& options, std::string_view argument);

namespace schedules {

ScheduleKind Constant();
ScheduleKind Step();
ScheduleKind MultiStep();
ScheduleKind Exponential();
ScheduleKind OneCycle();
ScheduleKind Plateau();
ScheduleKind Cosine();
ScheduleKind Linear();
ScheduleKind Trapezoid();
ScheduleKind Polynomial();

}  // namespace schedules

}  // namespace normlab
