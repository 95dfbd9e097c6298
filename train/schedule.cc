#include "train/schedule.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "train/schedule_arguments.h"

namespace normlab {
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

// torch.optim.lr_scheduler.StepLR and MultiStepLR, which differ in the epochs after which the rate
// falls. It is multiplied on, epoch after epoch, not computed as a power, which rounds differently.
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

std::unique_ptr<Schedule> MakeStep(const ScheduleOptions& options, Rates rates) {
  const auto size = static_cast<std::int64_t>(ScheduleNumber(options, "step_size"));
  return std::make_unique<StepSchedule>(rates, ScheduleNumber(options, "gamma"),
                                        [size](std::int64_t epoch) { return epoch % size == 0; });
}

std::unique_ptr<Schedule> MakeMultiStep(const ScheduleOptions& options, Rates rates) {
  return std::make_unique<StepSchedule>(
      rates, ScheduleNumber(options, "gamma"),
      [milestones = ScheduleEpochs(options, "milestones")](std::int64_t epoch) {
        return std::ranges::binary_search(milestones, epoch);
      });
}

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

// torch.optim.lr_scheduler.ReduceLROnPlateau, mode min, threshold_mode rel.
class PlateauSchedule : public Schedule {
 public:
  PlateauSchedule(const ScheduleOptions& options, Rates rates)
      : rates_(rates),
        factor_(ScheduleNumber(options, "factor")),
        patience_(ScheduleNumber(options, "patience")),
        threshold_(ScheduleNumber(options, "threshold")),
        cooldown_(ScheduleNumber(options, "cooldown")),
        min_lr_(ScheduleNumber(options, "min_lr")),
        eps_(ScheduleNumber(options, "eps")) {}

  Rates Current() const override { return rates_; }
  void AfterStep() override {}
  void AfterEpoch(double loss) override {
    if (loss < best_ * (1.0 - threshold_)) {
      best_ = loss;
      bad_epochs_ = 0;
    } else {
      ++bad_epochs_;
    }
    if (cooling_ > 0) {
      --cooling_;
      bad_epochs_ = 0;
    }
    if (bad_epochs_ > patience_) {
      const double reduced = std::max(rates_.lr * factor_, min_lr_);
      if (rates_.lr - reduced > eps_) rates_.lr = reduced;
      cooling_ = cooldown_;
      bad_epochs_ = 0;
    }
  }
  State state() const override {
    return {{"lr", rates_.lr}, {"best", best_}, {"bad_epochs", bad_epochs_}, {"cooling", cooling_}};
  }
  void set_state(const State& state) override {
    rates_.lr = state.at("lr");
    best_ = state.at("best");
    bad_epochs_ = state.at("bad_epochs");
    cooling_ = state.at("cooling");
  }

 private:
  Rates rates_;
  double factor_, patience_, threshold_, cooldown_, min_lr_, eps_;
  double best_ = std::numeric_limits<double>::infinity();
  double bad_epochs_ = 0, cooling_ = 0;  // counts; double holds them exactly, as the state does
};

}  // namespace

std::unique_ptr<Schedule> MakeSchedule(const ScheduleOptions& options, double lr, double momentum,
                                       std::int64_t total_steps) {
  CheckSchedule(options);
  assert(total_steps > 0);
  const Rates rates{lr, momentum};
  if (options.name == "step") return MakeStep(options, rates);
  if (options.name == "multistep") return MakeMultiStep(options, rates);
  if (options.name == "plateau") return std::make_unique<PlateauSchedule>(options, rates);
  if (options.name == "onecycle") {
    return std::make_unique<OneCycleSchedule>(options, rates, total_steps);
  }
  return std::make_unique<ConstantSchedule>(rates);
}

}  // namespace normlab
