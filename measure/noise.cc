#include "measure/noise.h"

#include <fmt/format.h>

#include <algorithm>

namespace normlab {

std::vector<std::string> NoiseWarnings(const BenchReport& report) {
  std::vector<std::string> warnings;
  const Hardware& machine = report.hardware;
  const double over = machine.load + std::min(report.threads, machine.cores) - machine.cores;
  if (over > kOthersLoad) {
    warnings.push_back(fmt::format(
        "noisy: the load average was {:.1f} before the start, on {} core{} of which {} {} needed: "
        "other programs took part of what was measured",
        machine.load, machine.cores, machine.cores == 1 ? "" : "s", report.threads,
        report.threads == 1 ? "was" : "were"));
  }
  for (const PeakReport& peak : report.peaks) {
    const double spread = 1 - peak.all_threads.least / peak.all_threads.most;
    if (peak.simd != report.simd || spread <= kPeakSpread) continue;
    warnings.push_back(fmt::format(
        "noisy: the rounds' FMA peak differs by {:.0f} %, more than {:.0f} %: shares of the peak "
        "are too low, because the peak is the best round and the times are medians",
        100 * spread, 100 * kPeakSpread));
  }
  return warnings;
}

}  // namespace normlab
