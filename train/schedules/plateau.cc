#include <algorithm>
#include <limits>

#include "train/schedules/schedule_kind.h"

namespace normlab::schedules {
namespace {

using State = std::map<std::string, double>;

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

std::unique_ptr<Schedule> MakePlateau(const ScheduleOptions& options, Rates rates, std::int64_t) {
  return std::make_unique<PlateauSchedule>(options, rates);
}

}  // namespace

ScheduleKind Plateau() {
  using enum ArgumentDomain;
  return {{"plateau",
           {{"factor", 0.1, kOpenFraction},
            {"patience", 10, kWhole},
            {"threshold", 1e-4, kBelowOne},
            {"cooldown", 0, kWhole},
            {"min_lr", 0, kNotNegative},
            {"eps", 1e-8, kNotNegative}},
           {}},
          MakePlateau};
}

}  // namespace normlab::schedules
