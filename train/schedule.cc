#include "train/schedule.h"

#include <cassert>
#include <vector>

#include "train/schedules/schedule_kind.h"

namespace normlab {
namespace {

const std::vector<ScheduleKind>& Kinds() {
  static const std::vector<ScheduleKind> kinds = {
      schedules::Constant(),  schedules::Step(),      schedules::MultiStep(),
      schedules::OneCycle(),  schedules::Plateau(),   schedules::Cosine(),
      schedules::Linear(),    schedules::Trapezoid(), schedules::Exponential(),
      schedules::Polynomial()};
  return kinds;
}

const ScheduleKind& FindKind(const std::string& name) {
  for (const ScheduleKind& kind : Kinds()) {
    if (kind.arguments.name == name) return kind;
  }
  assert(false);
  return Kinds().front();
}

}  // namespace

const ChoiceFamily& ScheduleFamily() {
  static const ChoiceFamily family = [] {
    ChoiceFamily all = {"schedule", {}};
    for (const ScheduleKind& kind : Kinds()) all.kinds.push_back(kind.arguments);
    return all;
  }();
  return family;
}

double ScheduleNumber(const ScheduleOptions& options, std::string_view argument) {
  return NumberOf(ScheduleFamily(), options, argument);
}

std::string ScheduleWord(const ScheduleOptions& options, std::string_view argument) {
  return WordOf(ScheduleFamily(), options, argument);
}

void CheckSchedule(const ScheduleOptions& options) {
  CheckChoice(ScheduleFamily(), options);
  const ScheduleKind& kind = FindKind(options.name);
  if (kind.check != nullptr) kind.check(options);
}

std::unique_ptr<Schedule> MakeSchedule(const ScheduleOptions& options, double lr, double momentum,
                                       std::int64_t total_steps) {
  CheckSchedule(options);
  assert(total_steps > 0);
  return FindKind(options.name).make(options, {lr, momentum}, total_steps);
}

}  // namespace normlab
