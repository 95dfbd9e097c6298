#include "app/epoch_bar.h"

#include <algorithm>

namespace normlab {
namespace {

// A line without its prefix: "  45%|██████████| 211/469 [00:03<00:04, 150.08it/s]".
constexpr int kMeterColumns = 54;

std::string Prefix(const std::string& title, const std::string& step_text, int columns) {
  if (title.empty() || step_text.empty()) return title + step_text;
  const std::string prefix = title + ", " + step_text;
  return columns == 0 || DisplayWidth(prefix) + kMeterColumns <= columns ? prefix : title;
}

}  // namespace

EpochBar::EpochBar(std::int64_t steps, double now, bool ascii) : start_(now), last_draw_(now) {
  meter_.total = std::max<std::int64_t>(steps, 1);
  meter_.ascii = ascii;
}

void EpochBar::Step(double loss, double accuracy, double now) {
  if (full()) return;
  step_text_ = StepText(loss, meter_.n, accuracy);
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

std::string EpochBar::Format(const std::string& title, int columns) {
  meter_.columns = columns;
  meter_.prefix = Prefix(title, step_text_, columns);
  return FormatMeter(meter_);
}

}  // namespace normlab
