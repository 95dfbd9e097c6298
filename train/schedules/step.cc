#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "train/schedules/schedule_kind.h"

namespace normlab::schedules {
namespace {

using State = std::map<std::string, double>;

// torch.optim.lr_scheduler.StepLR, MultiStepLR and ExponentialLR, which differ in the epochs after
// which the rate falls. It is multiplied on, epoch after epoch, not computed as a power, which
// rounds differently.
class StepSchedule : public Schedule {
 public:
  using FallsAfter = std::function<bool(std::int64_t epoch)>;
  StepSchedule(Rates rates, double gamma, FallsAfter falls_after)
      : rates_(rates), gamma_(gamma), falls_after_(std::move(falls_after)) {}

  Rates Current() const override { return rates_; }
  void AfterStep() override {}
  void AfterEpoch(double) override {
    if (falls_after_(++epoch_)) rates_.lr *= gamma_;
  }
  State state() const override {
    return {{"epoch", static_cast<double>(epoch_)}, {"lr", rates_.lr}};
  }
  void set_state(const State& state) override {
    epoch_ = static_cast<std::int64_t>(state.at("epoch"));
    rates_.lr = state.at("lr");
  }

 private:
  Rates rates_;
  double gamma_;
  FallsAfter falls_after_;
  std::int64_t epoch_ = 0;
};

std::unique_ptr<Schedule> MakeStep(const ScheduleOptions& options, Rates rates, std::int64_t) {
  const auto size = static_cast<std::int64_t>(ScheduleNumber(options, "step_size"));
  return std::make_unique<StepSchedule>(rates, ScheduleNumber(options, "gamma"),
                                        [size](std::int64_t epoch) { return epoch % size == 0; });
}

std::unique_ptr<Schedule> MakeMultiStep(const ScheduleOptions& options, Rates rates, std::int64_t) {
  return std::make_unique<StepSchedule>(
      rates, ScheduleNumber(options, "gamma"),
      [milestones = EpochsOf(options, "milestones")](std::int64_t epoch) {
        return std::ranges::binary_search(milestones, epoch);
      });
}

std::unique_ptr<Schedule> MakeExponential(const ScheduleOptions& options, Rates rates,
                                          std::int64_t) {
  return std::make_unique<StepSchedule>(rates, ScheduleNumber(options, "gamma"),
                                        [](std::int64_t) { return true; });
}

}  // namespace

ScheduleKind Step() {
  return {{"step", {{"step_size", {}, ArgumentDomain::kCount, true}, {"gamma", 0.1}}, {}},
          MakeStep};
}

ScheduleKind MultiStep() {
  return {{"multistep", {{"gamma", 0.1}}, {{"milestones", {}}}}, MakeMultiStep};
}

ScheduleKind Exponential() {
  return {{"exponential", {{"gamma", {}, ArgumentDomain::kPositive, true}}, {}}, MakeExponential};
}

}  // namespace normlab::schedules
