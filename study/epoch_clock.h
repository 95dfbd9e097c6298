// clock.csv: how the cores were shared while the seconds of an epoch were taken. Two times can be
// compared where this is equal; nothing else of a training depends on it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "config/config.h"
#include "records/training_tables.h"

namespace normlab {

// How many arms train at this moment; for several threads.
class RunningTrainings {
 public:
  // One more for as long as this lives.
  class Turn {
   public:
    explicit Turn(RunningTrainings& running) : running_(running) { running_.Add(1); }
    ~Turn() { running_.Add(-1); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    RunningTrainings& running_;
  };

  struct Moment {
    int trainings = 0;
    std::uint64_t changes = 0;  // of their number so far
    friend bool operator==(const Moment&, const Moment&) = default;
  };
  Moment Now() const;

 private:
  void Add(int count);

  mutable std::mutex mutex_;
  Moment now_;
};

// Of one training.
class EpochClock {
 public:
  // `running` counts this training as well; nullptr: it trains alone.
  EpochClock(const ExecutionOptions& execution, const RunningTrainings* running);

  void StartEpoch() { start_ = Now(); }
  // Of the epoch that ends now.
  ClockRecord Record(int epoch) const;

 private:
  RunningTrainings::Moment Now() const;

  EpochSplit split_;
  const RunningTrainings* running_;
  RunningTrainings::Moment start_;
};

// Of an earlier run; of an older normlab's folder, or where the file is not whole, there are none.
std::vector<ClockRecord> ReadClockOrNone(const std::string& path);

}  // namespace normlab
