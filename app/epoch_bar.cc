#include "app/epoch_bar.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/fitted_meter.h"

namespace normlab {
EpochBar::EpochBar(std::int64_t steps, double now, bool ascii) : start_(now), last_draw_(now) {
  meter_.total = std::max<std::int64_t>(steps, 1);
  meter_.ascii = ascii;
}

void EpochBar::Step(double loss, double accuracy, double now) {
  if (full()) return;
  loss_ = loss;
  accuracy_ = accuracy;
  ++meter_.n;
  meter_.elapsed = now - start_;
}

std::string EpochBar::Line(const std::string& title, int columns, double now) {
  if (meter_.n > last_n_ && now > last_draw_) {
    rate_.Add(static_cast<double>(meter_.n - last_n_), now - last_draw_);
    last_n_ = meter_.n;
    last_draw_ = now;
  }
  meter_.elapsed = now - start_;
  meter_.rate = rate_.rate();
  return Format(title, columns);
}

std::string EpochBar::LastLine(const std::string& title, int columns) {
  meter_.rate = 0;
  return Format(title, columns);
}

// The longest first. The batch's number, which the bar's count tells as well, goes before the rest.
std::vector<std::string> EpochBar::Prefixes(const std::string& title) const {
  if (meter_.n == 0) return {title};
  const std::string before = title.empty() ? "" : title + ", ";
  return {before + StepText(loss_, meter_.n - 1, accuracy_),
          before + fmt::format("Loss={:.4f} Accuracy={:.2f}", loss_, accuracy_), title};
}

std::string EpochBar::Format(const std::string& title, int columns) {
  meter_.columns = columns;
  return FittedMeter(meter_, Prefixes(title));
}

}  // namespace normlab
