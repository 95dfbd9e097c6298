// Where a pass that is measured leaves the time of every task.
#pragma once

#include <chrono>
#include <vector>

#include "operations/fast/operation.h"

namespace normlab {

// A slot for every operation, phase and block, so that threads never write the same one; nothing is
// allocated while a pass runs.
class StepProfile {
 public:
  using Clock = std::chrono::steady_clock;

  StepProfile(std::size_t operations, int max_blocks)
      : max_blocks_(static_cast<std::size_t>(max_blocks)),
        times_(operations * kPhases * max_blocks_) {}

  void Clear() { times_.assign(times_.size(), Clock::duration::zero()); }
  void Add(int operation, Phase phase, int block, Clock::duration time) {
    times_[First(operation, phase) + static_cast<std::size_t>(block)] += time;
  }

  // Over all blocks, whichever threads they ran on.
  double Seconds(int operation, Phase phase) const {
    Clock::duration sum = Clock::duration::zero();
    const std::size_t first = First(operation, phase);
    for (std::size_t i = first; i < first + max_blocks_; ++i) sum += times_[i];
    return std::chrono::duration<double>(sum).count();
  }

 private:
  std::size_t First(int operation, Phase phase) const {
    return (static_cast<std::size_t>(operation) * kPhases + static_cast<std::size_t>(phase)) *
           max_blocks_;
  }

  std::size_t max_blocks_;
  std::vector<Clock::duration> times_;
};

}  // namespace normlab
