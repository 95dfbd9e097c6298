#include "train/schedules/schedule_kind.h"

namespace normlab::schedules {
namespace {

using State = std::map<std::string, double>;

class ConstantSchedule : public Schedule {
 public:
  explicit ConstantSchedule(Rates rates) : rates_(rates) {}
  Rates Current() const override { return rates_; }
  void AfterStep() override {}
  void AfterEpoch(double) override {}
  State state() const override { return {}; }
  void set_state(const State&) override {}

 private:
  Rates rates_;
};

std::unique_ptr<Schedule> MakeConstant(const ScheduleOptions&, Rates rates, std::int64_t) {
  return std::make_unique<ConstantSchedule>(rates);
}

}  // namespace

ScheduleKind Constant() { return {{"constant", {}, {}}, MakeConstant}; }

}  // namespace normlab::schedules
