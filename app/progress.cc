#include "app/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace normlab {
namespace {

constexpr double kRedrawSeconds = 0.1;

ProgressMode Resolve(ProgressMode mode, const Terminal& terminal) {
  if (mode != ProgressMode::kAuto) return mode;
  return terminal.interactive ? ProgressMode::kBar : ProgressMode::kPlain;
}

}  // namespace

ProgressMode ParseProgressMode(const std::string& name) {
  if (name == "auto") return ProgressMode::kAuto;
  if (name == "bar") return ProgressMode::kBar;
  if (name == "plain") return ProgressMode::kPlain;
  if (name == "none") return ProgressMode::kNone;
  throw UsageError("--progress: expected auto, bar, plain or none, found '" + name + "'");
}

Progress::Progress(ProgressMode mode, Terminal terminal)
    : mode_(Resolve(mode, terminal)), terminal_(std::move(terminal)) {}

Progress::~Progress() { EndBar(); }

std::string Progress::Title() const {
  return fmt::format("[{}/{}] {}", arm_.arm, arm_.arms, arm_.label);
}

std::string Progress::TimeLeft(int epoch) const {
  if (timed_epochs_ == 0) return "";
  const int epochs = arm_.epochs - epoch + 1 + arm_.epochs_after;
  return fmt::format("about {} left in all",
                     FormatInterval(timed_seconds_ / timed_epochs_ * epochs));
}

void Progress::WriteLine(const std::string& line) {
  EndBar();
  terminal_.write(line + "\n");
}

void Progress::OnMessage(const std::string& line) { WriteLine(line); }

void Progress::OnArmStart(const ArmStart& arm) {
  arm_ = arm;
  if (mode_ != ProgressMode::kBar) return;
  std::string line = Title();
  if (arm.epochs_done > 0) {
    line += fmt::format(": goes on after epoch {} of {}", arm.epochs_done, arm.epochs);
  }
  WriteLine(line);
}

void Progress::OnEpochStart(int epoch, std::int64_t steps_in_epoch) {
  epoch_start_ = last_draw_ = terminal_.seconds();
  if (mode_ != ProgressMode::kBar) return;
  const std::string left = TimeLeft(epoch);
  WriteLine(fmt::format("Epoch {}/{}{}", epoch, arm_.epochs, left.empty() ? "" : ", " + left));
  meter_ = Meter{};
  meter_.total = std::max<std::int64_t>(steps_in_epoch, 1);
  meter_.ascii = !terminal_.utf8;
  rate_ = SmoothedRate();
  last_n_ = 0;
  bar_is_open_ = true;
  drawn_width_ = 0;
  Draw(epoch_start_);
}

void Progress::OnStep(const StepRecord& step, int /*step_in_epoch*/, double running_accuracy) {
  if (!bar_is_open_ || meter_.n == meter_.total) return;
  meter_.prefix = StepText(step.loss, meter_.n, running_accuracy);
  ++meter_.n;
  const double now = terminal_.seconds();
  if (meter_.n == meter_.total) {
    meter_.elapsed = now - epoch_start_;
    EndBar();
  } else if (now - last_draw_ >= kRedrawSeconds) {
    rate_.Add(static_cast<double>(meter_.n - last_n_), now - last_draw_);
    last_n_ = meter_.n;
    last_draw_ = now;
    Draw(now);
  }
}

// The rest of a longer line that stood there before is blanked.
void Progress::Draw(double now) {
  meter_.elapsed = now - epoch_start_;
  meter_.rate = rate_.rate();
  meter_.columns = terminal_.columns();
  const std::string line = FormatMeter(meter_);
  const int width = DisplayWidth(line);
  terminal_.write("\r" + line + std::string(std::max(0, drawn_width_ - width), ' '));
  drawn_width_ = width;
}

// As tqdm leaves a bar: with the mean rate of all its steps.
void Progress::EndBar() {
  if (!bar_is_open_) return;
  bar_is_open_ = false;
  rate_ = SmoothedRate();
  Draw(epoch_start_ + meter_.elapsed);
  terminal_.write("\n");
}

void Progress::OnEpoch(const EpochRecord& record, const std::vector<float>& /*predictions*/,
                       bool /*is_best*/) {
  EndBar();
  timed_seconds_ += terminal_.seconds() - epoch_start_;
  ++timed_epochs_;
  if (mode_ == ProgressMode::kBar) {
    if (arm_.has_validation) WriteLine(ValidationSetLine(record));
    WriteLine(TestSetLine(record.test_loss, record.test_correct, arm_.test_images));
  } else if (mode_ == ProgressMode::kPlain) {
    const bool more = record.epoch < arm_.epochs || arm_.epochs_after > 0;
    WriteLine(PlainEpochLine(Title(), record, arm_.epochs, arm_.has_validation) +
              (more ? ", " + TimeLeft(record.epoch + 1) : ""));
  }
}

std::unique_ptr<StudyObserver> MakeProgress(const std::string& mode) {
  return std::make_unique<Progress>(ParseProgressMode(mode));
}

}  // namespace normlab
