// Schedules that rise for a part of all steps and fall over the rest, a new rate for every batch.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

#include "base/error.h"
#include "train/schedules/schedule_kind.h"

namespace normlab::schedules {
namespace {

using State = std::map<std::string, double>;

// Of the rate, by the steps that were taken since the warm-up and those that it leaves.
using Factor = std::function<double(double step, double steps)>;

// torch.optim.lr_scheduler.SequentialLR of a LinearLR(start_factor, total_iters = warm-up) and what
// follows it, stepped after every batch.
class WarmUpSchedule : public Schedule {
 public:
  WarmUpSchedule(const ScheduleOptions& options, Rates start, std::int64_t total_steps, Factor then)
      : start_(start),
        start_factor_(ScheduleNumber(options, "start_factor")),
        warm_up_(std::round(ScheduleNumber(options, "warmup") * static_cast<double>(total_steps))),
        rest_(static_cast<double>(total_steps) - warm_up_),
        then_(std::move(then)) {}

  Rates Current() const override { return {start_.lr * FactorNow(), start_.momentum}; }
  void AfterStep() override { ++step_; }
  void AfterEpoch(double) override {}
  State state() const override { return {{"step", static_cast<double>(step_)}}; }
  void set_state(const State& state) override {
    step_ = static_cast<std::int64_t>(state.at("step"));
  }

 private:
  double FactorNow() const {
    const double step = static_cast<double>(step_);
    if (step < warm_up_) return start_factor_ + (1 - start_factor_) * step / warm_up_;
    // Once more than the last step is asked for when all are taken.
    return then_(std::min(step - warm_up_, rest_), std::max(rest_, 1.0));
  }

  Rates start_;
  double start_factor_, warm_up_, rest_;  // the last two in steps
  Factor then_;
  std::int64_t step_ = 0;
};

ChoiceKind WithWarmUp(std::string name, std::vector<NumberArgument> others) {
  std::vector<NumberArgument> numbers = {{"warmup", 0, ArgumentDomain::kFraction},
                                         {"start_factor", 1.0 / 3, ArgumentDomain::kFraction}};
  numbers.insert(numbers.end(), others.begin(), others.end());
  return {std::move(name), numbers, {}};
}

// CosineAnnealingLR(T_max = the steps that are left, eta_min).
std::unique_ptr<Schedule> MakeCosine(const ScheduleOptions& options, Rates rates,
                                     std::int64_t steps) {
  const double lowest = ScheduleNumber(options, "eta_min") / rates.lr;
  return std::make_unique<WarmUpSchedule>(options, rates, steps, [lowest](double step, double all) {
    return lowest + (1 - lowest) * (1 + std::cos(std::numbers::pi * step / all)) / 2;
  });
}

// LinearLR(start_factor = 1, end_factor, total_iters = the steps that are left).
std::unique_ptr<Schedule> MakeLinear(const ScheduleOptions& options, Rates rates,
                                     std::int64_t steps) {
  const double end = ScheduleNumber(options, "end_factor");
  return std::make_unique<WarmUpSchedule>(
      options, rates, steps, [end](double step, double all) { return 1 + (end - 1) * step / all; });
}

// The rate is kept until the last part, `cooldown` of all steps, and falls linearly there.
std::unique_ptr<Schedule> MakeTrapezoid(const ScheduleOptions& options, Rates rates,
                                        std::int64_t steps) {
  const double end = ScheduleNumber(options, "end_factor");
  const double fall = std::round(ScheduleNumber(options, "cooldown") * static_cast<double>(steps));
  return std::make_unique<WarmUpSchedule>(options, rates, steps,
                                          [end, fall](double step, double all) {
                                            const double fallen = step - (all - fall);
                                            return fallen <= 0 ? 1 : 1 + (end - 1) * fallen / fall;
                                          });
}

void CheckTrapezoid(const ScheduleOptions& options) {
  const double warm_up = ScheduleNumber(options, "warmup");
  const double cooldown = ScheduleNumber(options, "cooldown");
  if (warm_up + cooldown <= 1) return;
  throw UsageError(
      fmt::format("schedule.warmup = {} and schedule.cooldown = {}: expected parts of all steps "
                  "that are together at most 1",
                  warm_up, cooldown));
}

// PolynomialLR(total_iters = the steps that are left, power).
std::unique_ptr<Schedule> MakePolynomial(const ScheduleOptions& options, Rates rates,
                                         std::int64_t steps) {
  const double power = ScheduleNumber(options, "power");
  return std::make_unique<WarmUpSchedule>(options, rates, steps, [power](double step, double all) {
    return std::pow(1 - step / all, power);
  });
}

}  // namespace

ScheduleKind Cosine() {
  return {WithWarmUp("cosine", {{"eta_min", 0, ArgumentDomain::kNotNegative}}), MakeCosine};
}

ScheduleKind Linear() {
  return {WithWarmUp("linear", {{"end_factor", 0, ArgumentDomain::kFraction}}), MakeLinear};
}

ScheduleKind Trapezoid() {
  return {WithWarmUp("trapezoid", {{"cooldown", 0.2, ArgumentDomain::kFraction},
                                   {"end_factor", 0, ArgumentDomain::kFraction}}),
          MakeTrapezoid, CheckTrapezoid};
}

ScheduleKind Polynomial() {
  return {WithWarmUp("polynomial", {{"power", 1, ArgumentDomain::kPositive}}), MakePolynomial};
}

}  // namespace normlab::schedules
