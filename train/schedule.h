// Learning-rate schedules, PyTorch's semantics and defaults.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/choice.h"

namespace normlab {

// `name` and its arguments as PyTorch names them; absent ones take PyTorch's defaults, except
// OneCycle's max_lr, which defaults to the key lr, and its total_steps, which is the run's.
//   constant
//   step        step_size gamma                       (stepped once per epoch)
//   multistep   milestones ("9 12": the rate falls after these epochs) gamma  (once per epoch)
//   exponential gamma                                 (once per epoch)
//   onecycle    max_lr pct_start anneal_strategy cycle_momentum base_momentum max_momentum
//               div_factor final_div_factor three_phase (stepped once per batch)
//   plateau     factor patience threshold cooldown min_lr eps (mode min, threshold_mode rel;
//               stepped once per epoch on the loss of `monitor`: "validation" where images are held
//               out, else "test")
// and, stepped once per batch, after a linear rise from start_factor over the part `warmup` of all
// steps (PyTorch's SequentialLR of a LinearLR and the other):
//   cosine      eta_min       CosineAnnealingLR
//   linear      end_factor    LinearLR
//   polynomial  power         PolynomialLR
//   trapezoid   cooldown end_factor: kept until the last part `cooldown`, linear there
using ScheduleOptions = Choice;

const ChoiceFamily& ScheduleFamily();

struct Rates {
  double lr = 0;
  double momentum = 0;
};

class Schedule {
 public:
  virtual ~Schedule() = default;
  // For the step that is about to be taken (0-based count of all steps).
  virtual Rates Current() const = 0;
  virtual void AfterStep() = 0;
  // `loss` is the monitored loss of this epoch.
  virtual void AfterEpoch(double loss) = 0;
  // Everything needed to go on after a resume, as named numbers.
  virtual std::map<std::string, double> state() const = 0;
  virtual void set_state(const std::map<std::string, double>& state) = 0;
};

// Throws UsageError: unknown schedule or argument (with the nearest name), values out of range.
void CheckSchedule(const ScheduleOptions& options);
std::unique_ptr<Schedule> MakeSchedule(const ScheduleOptions& options, double lr, double momentum,
                                       std::int64_t total_steps);

}  // namespace normlab
