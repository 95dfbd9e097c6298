#include "records/column.h"

#include <cmath>

namespace normlab {

std::string RealText(double value, Digits digits, Empty empty) {
  if (empty == Empty::kNaN && std::isnan(value)) return "";
  if (empty == Empty::kNotFinite && !std::isfinite(value)) return "";
  switch (digits) {
    case Digits::kShortest:
      break;
    case Digits::kSeven:
      return fmt::format("{:.7g}", value);
    case Digits::kThreeDecimals:
      return fmt::format("{:.3f}", value);
    case Digits::kOneDecimal:
      return fmt::format("{:.1f}", value);
  }
  return fmt::format("{}", value);
}

}  // namespace normlab
