#include "report/text/sample_text.h"

#include <fmt/format.h>

#include <cmath>

namespace normlab {

std::string DecimalText(double value, int decimals) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : "-";
}

std::string MeanText(const SampleSummary& sample, int decimals) {
  if (sample.n == 0) return "-";
  const std::string mean = DecimalText(sample.mean, decimals);
  return sample.n == 1 ? mean : mean + " ± " + DecimalText(sample.deviation, decimals);
}

std::string IntervalText(const SampleSummary& sample, int decimals) {
  if (sample.n < 2 || !std::isfinite(sample.mean)) return "-";
  const ConfidenceInterval interval = MeanInterval(sample);
  return fmt::format("[{}, {}]", DecimalText(interval.low, decimals),
                     DecimalText(interval.high, decimals));
}

}  // namespace normlab
