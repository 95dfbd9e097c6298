#include "measure/simd_peak.h"

namespace normlab {

std::vector<SimdPeaks::Rounds> SimdPeaks::Sets() {
  std::vector<Rounds> sets;
  for (const Simd simd : SupportedSimd()) sets.push_back({simd, {}, {}});
  return sets;
}

void SimdPeaks::Round(ThreadPool& pool, int threads) {
  for (Rounds& set : sets_) {
    set.one_thread.push_back(MeasureFmaPeak(set.simd, pool, 1));
    set.all_threads.push_back(threads == 1 ? set.one_thread.back()
                                           : MeasureFmaPeak(set.simd, pool, threads));
  }
}

std::vector<PeakReport> SimdPeaks::Report() const {
  std::vector<PeakReport> reports;
  for (const Rounds& set : sets_) {
    reports.push_back({set.simd, SpreadOf(set.one_thread), SpreadOf(set.all_threads)});
  }
  return reports;
}

}  // namespace normlab
