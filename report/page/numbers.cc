#include "report/page/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "statistics/sample.h"

namespace normlab {

PageJson PageNumber(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.7g}", value).c_str(), nullptr);
}

PageJson PageSample(const std::vector<double>& values) {
  std::vector<double> known;
  std::ranges::copy_if(values, std::back_inserter(known), [](double v) { return !std::isnan(v); });
  const SampleSummary sample = SummarizeSample(known);
  if (sample.n == 0) return nullptr;
  PageJson json = {{"n", sample.n}, {"mean", PageNumber(sample.mean)}};
  if (sample.n < 2) return json;
  const ConfidenceInterval interval = MeanInterval(sample);
  json["deviation"] = PageNumber(sample.deviation);
  json["low"] = PageNumber(interval.low);
  json["high"] = PageNumber(interval.high);
  return json;
}

std::vector<std::size_t> KeptEpochs(std::size_t epochs, std::size_t step) {
  std::vector<std::size_t> kept;
  for (std::size_t e = 0; e < epochs; e += step) kept.push_back(e);
  if (epochs > 0 && kept.back() != epochs - 1) kept.push_back(epochs - 1);
  return kept;
}

}  // namespace normlab
