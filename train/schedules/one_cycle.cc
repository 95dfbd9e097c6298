#include <cmath>
#include <numbers>
#include <vector>

#include "train/schedules/schedule_kind.h"

namespace normlab::schedules {
namespace {

using State = std::map<std::string, double>;

double CosineAnneal(double start, double end, double part) {
  return end + (start - end) / 2.0 * (std::cos(std::numbers::pi * part) + 1);
}

double LinearAnneal(double start, double end, double part) { return (end - start) * part + start; }

// torch.optim.lr_scheduler.OneCycleLR (Smith & Topin 2017): the rate climbs while the momentum
// falls, then back; with three_phase down to the initial rate first, and from there to the
// smallest.
class OneCycleSchedule : public Schedule {
 public:
  OneCycleSchedule(const ScheduleOptions& options, Rates rates, std::int64_t total_steps)
      : cycle_momentum_(ScheduleNumber(options, "cycle_momentum") != 0),
        anneal_(ScheduleWord(options, "anneal_strategy") == "cos" ? CosineAnneal : LinearAnneal),
        momentum_(rates.momentum) {
    const auto given = options.numbers.find("max_lr");
    const double max_lr = given == options.numbers.end() ? rates.lr : given->second;
    const double initial_lr = max_lr / ScheduleNumber(options, "div_factor");
    const double min_lr = initial_lr / ScheduleNumber(options, "final_div_factor");
    const double high = ScheduleNumber(options, "max_momentum");
    const double low = ScheduleNumber(options, "base_momentum");
    const double part = ScheduleNumber(options, "pct_start");
    const double total = static_cast<double>(total_steps);
    phases_.push_back({part * total - 1, {initial_lr, high}, {max_lr, low}});
    if (ScheduleNumber(options, "three_phase") != 0) {
      phases_.push_back({2 * part * total - 2, {max_lr, low}, {initial_lr, high}});
      phases_.push_back({total - 1, {initial_lr, high}, {min_lr, high}});
    } else {
      phases_.push_back({total - 1, {max_lr, low}, {min_lr, high}});
    }
  }

  Rates Current() const override {
    const double step = static_cast<double>(step_);
    double start_step = 0;
    std::size_t i = 0;
    while (i + 1 < phases_.size() && step > phases_[i].end_step) start_step = phases_[i++].end_step;
    const Phase& phase = phases_[i];
    // A phase of no length stands at its end; PyTorch divides by zero here.
    const double length = phase.end_step - start_step;
    const double part = length == 0 ? 1 : (step - start_step) / length;
    return {anneal_(phase.start.lr, phase.end.lr, part),
            cycle_momentum_ ? anneal_(phase.start.momentum, phase.end.momentum, part) : momentum_};
  }
  void AfterStep() override { ++step_; }
  void AfterEpoch(double) override {}
  State state() const override { return {{"step", static_cast<double>(step_)}}; }
  void set_state(const State& state) override {
    step_ = static_cast<std::int64_t>(state.at("step"));
  }

 private:
  struct Phase {
    double end_step;  // of the last step in it; fractional, as PyTorch leaves it
    Rates start;
    Rates end;
  };

  bool cycle_momentum_;
  double (*anneal_)(double start, double end, double part);
  double momentum_;
  std::vector<Phase> phases_;
  std::int64_t step_ = 0;
};

std::unique_ptr<Schedule> MakeOneCycle(const ScheduleOptions& options, Rates rates,
                                       std::int64_t steps) {
  return std::make_unique<OneCycleSchedule>(options, rates, steps);
}

}  // namespace

ScheduleKind OneCycle() {
  using enum ArgumentDomain;
  return {{"onecycle",
           {{"max_lr", {}, kPositive},
            {"pct_start", 0.3, kFraction},
            {"cycle_momentum", 1, kBool},
            {"base_momentum", 0.85, kBelowOne},
            {"max_momentum", 0.95, kBelowOne},
            {"div_factor", 25, kPositive},
            {"final_div_factor", 1e4, kPositive},
            {"three_phase", 0, kBool}},
           {{"anneal_strategy", {"cos", "linear"}}}},
          MakeOneCycle};
}

}  // namespace normlab::schedules
