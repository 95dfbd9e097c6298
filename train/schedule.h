// Learning-rate schedules, PyTorch's semantics and defaults.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace normlab {

// `name` and its arguments as PyTorch names them; absent ones take PyTorch's defaults, except
// OneCycle's max_lr, which defaults to the key lr, and its total_steps, which is the run's.
//   constant
//   step      step_size gamma                         (stepped once per epoch)
//   multistep milestones ("9 12": the rate falls after these epochs) gamma    (once per epoch)
//   onecycle  max_lr pct_start anneal_strategy cycle_momentum base_momentum max_momentum
//             div_factor final_div_factor three_phase (stepped once per batch)
//   plateau   factor patience threshold cooldown min_lr eps   (mode min, threshold_mode rel;
//             stepped once per epoch on the loss of `monitor`: "validation" where images are held
//             out, else "test")
struct ScheduleOptions {
  std::string name = "constant";
  std::map<std::string, double> numbers;     // pct_start, gamma, three_phase (0 or 1), ...
  std::map<std::string, std::string> words;  // anneal_strategy: "cos" | "linear"; milestones
};

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

// What an argument of any schedule may be: "a number above 0, at most 1e12". Throws UsageError
// that begins with `origin` where no schedule has one that is called so.
std::string ScheduleArgumentValues(const std::string& argument, const std::string& origin);

// Throws UsageError: unknown schedule or argument (with the nearest name), values out of range.
void CheckSchedule(const ScheduleOptions& options);
std::unique_ptr<Schedule> MakeSchedule(const ScheduleOptions& options, double lr, double momentum,
                                       std::int64_t total_steps);

}  // namespace normlab
