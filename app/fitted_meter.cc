#include "app/fitted_meter.h"

#include <fmt/format.h>

#include <utility>

#include "app/text_width.h"

namespace normlab {
namespace {

constexpr int kUnboundedBar = 10;  // of FormatMeter where it does not know the width
constexpr int kLeastBar = 4;
constexpr int kShare = 4;  // "100%"

bool Fits(Meter meter) {
  const int columns = std::exchange(meter.columns, 0);
  return ColumnsOf(FormatMeter(meter)) - kUnboundedBar + kLeastBar <= columns;
}

// FormatMeter takes every character for one column.
std::string Format(Meter meter) {
  meter.columns -= ColumnsOf(meter.prefix) - DisplayWidth(meter.prefix);
  return FormatMeter(meter);
}

std::string ShortMeter(const Meter& meter, const std::string& prefix) {
  const double fraction = static_cast<double>(meter.n) / static_cast<double>(meter.total);
  const std::string share = fmt::format("{:3.0f}%", 100 * fraction);
  const std::string before = fmt::format("{}{}{}|", prefix, prefix.empty() ? "" : ": ", share);
  const int bar = meter.columns - ColumnsOf(before) - 1;
  if (bar >= kLeastBar) return before + MeterBar(fraction, bar, meter.ascii) + "|";
  if (meter.columns < kShare) return MeterBar(fraction, meter.columns, meter.ascii);
  const std::string name = CutToColumns(prefix, meter.columns - kShare - 1);
  return name.empty() ? share : name + " " + share;
}

}  // namespace

std::string FittedMeter(Meter meter, const std::vector<std::string>& prefixes) {
  for (const std::string& prefix : prefixes) {
    meter.prefix = prefix;
    if (meter.columns == 0) return FormatMeter(meter);
    if (Fits(meter)) return Format(meter);
  }
  return ShortMeter(meter, prefixes.back());
}

}  // namespace normlab
