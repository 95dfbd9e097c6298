// The FMA peak of every instruction set that this machine runs, round by round.
#pragma once

#include <vector>

#include "engine/fast/thread_pool.h"
#include "measure/fma_peak.h"
#include "measure/rounds.h"

namespace normlab {

struct PeakReport {
  Simd simd;
  Spread one_thread, all_threads;  // FLOP per second; the most is the peak
};

class SimdPeaks {
 public:
  void Round(ThreadPool& pool, int threads);
  std::vector<PeakReport> Report() const;

 private:
  struct Rounds {
    Simd simd;
    std::vector<double> one_thread, all_threads;
  };
  std::vector<Rounds> sets_ = Sets();
  static std::vector<Rounds> Sets();
};

}  // namespace normlab
