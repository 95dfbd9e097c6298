#include "app/fetch_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/fitted_meter.h"

namespace normlab {
namespace {

constexpr double kRedraw = 0.1;  // seconds

ProgressMode Resolved(ProgressMode mode, const Terminal& terminal) {
  if (mode != ProgressMode::kAuto) return mode;
  return terminal.interactive ? ProgressMode::kBar : ProgressMode::kNone;
}

}  // namespace

FetchBar::FetchBar(ProgressMode mode, Terminal terminal)
    : mode_(Resolved(mode, terminal)), terminal_(std::move(terminal)), live_(terminal_) {
  meter_.unit = "B";
  meter_.unit_scale = true;
  meter_.ascii = !terminal_.utf8;
}

void FetchBar::OnProgress(const std::string& name, std::uint64_t here, std::uint64_t total) {
  const double now = terminal_.seconds();
  const auto n = static_cast<std::int64_t>(here);
  // A server that begins anew takes the count back.
  if (!running_ || name != meter_.prefix || n < meter_.n) {
    running_ = true;
    rate_ = {};
    start_ = last_draw_ = now;
    resumed_ = last_n_ = n;
    meter_.prefix = name;
  }
  meter_.n = n;
  meter_.total =
      std::max<std::int64_t>(static_cast<std::int64_t>(total), std::max<std::int64_t>(n, 1));
  if (mode_ == ProgressMode::kBar && now - last_draw_ >= kRedraw) Draw(now);
}

void FetchBar::Draw(double now) {
  rate_.Add(static_cast<double>(meter_.n - last_n_), now - last_draw_);
  last_n_ = meter_.n;
  last_draw_ = now;
  meter_.elapsed = now - start_;
  meter_.rate = rate_.rate();
  ShowBar();
}

void FetchBar::ShowBar() {
  meter_.columns = LiveColumns(terminal_);
  live_.Show({FittedMeter(meter_, {meter_.prefix})});
}

// With the mean rate of what came now.
void FetchBar::OnFileEnd() {
  if (!running_) return;
  running_ = false;
  meter_.elapsed = terminal_.seconds() - start_;
  meter_.rate = meter_.elapsed > 0 ? static_cast<double>(meter_.n - resumed_) / meter_.elapsed : 0;
  if (mode_ == ProgressMode::kBar) {
    ShowBar();
    live_.Leave();
  } else if (mode_ == ProgressMode::kPlain) {
    meter_.columns = 0;
    terminal_.write(fmt::format("{}: {} of {} bytes, {:.1f} s\n", meter_.prefix, meter_.n,
                                meter_.total, meter_.elapsed));
  }
}

void FetchBar::OnMessage(const std::string& line) {
  if (running_ && mode_ == ProgressMode::kBar) return live_.Print(line);
  terminal_.write(line + "\n");
}

}  // namespace normlab
