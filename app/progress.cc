#include "app/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/fitted_meter.h"
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
    : mode_(Resolve(mode, terminal)), terminal_(std::move(terminal)), live_(terminal_) {}

Progress::~Progress() {
  EndBar();
  live_.Leave();
}

std::string Progress::Title(const ArmStart& arm) const {
  return fmt::format("[{}/{}] {}", arm.arm, study_.epochs_left.size(), arm.label);
}

std::string Progress::TimeLeftText() const {
  if (!left_.known()) return "";
  return fmt::format("about {} left in all", FormatInterval(left_.Seconds(terminal_.seconds())));
}

// The bar of a single training is left where it stands, as tqdm leaves it; all others go on below
// the line.
void Progress::WriteLine(const std::string& line) {
  EndBar();
  live_.Print(line);
}

void Progress::OnMessage(const std::string& line) { WriteLine(line); }

void Progress::OnStudyStart(const StudyStart& study) {
  study_ = study;
  left_ = TimeLeft(study);
  told_arms_ = left_.arms_done();
  start_ = terminal_.seconds();
}

void Progress::OnArmStart(const ArmStart& arm) {
  trainings_[arm.arm] = {arm, 0, std::nullopt};
  if (mode_ != ProgressMode::kBar) return;
  if (arm.epochs_done > 0) {
    WriteLine(
        fmt::format("{}: goes on after epoch {} of {}", Title(arm), arm.epochs_done, arm.epochs));
  } else if (!several()) {
    WriteLine(Title(arm));
  }
}

void Progress::OnEpochStart(int arm, int epoch, std::int64_t steps_in_epoch) {
  const double now = terminal_.seconds();
  left_.BeginEpoch(arm, now);
  if (mode_ != ProgressMode::kBar) return;
  Training& training = trainings_[arm];
  training.epoch = epoch;
  if (!several()) {
    const std::string left = TimeLeftText();
    WriteLine(
        fmt::format("Epoch {}/{}{}", epoch, training.arm.epochs, left.empty() ? "" : ", " + left));
  }
  training.bar.emplace(steps_in_epoch, now, !terminal_.utf8);
  Draw();
}

void Progress::OnStep(int arm, const StepRecord& step, double running_accuracy) {
  Training& training = trainings_[arm];
  if (!training.bar) return;
  const double now = terminal_.seconds();
  training.bar->Step(step.loss, running_accuracy, now);
  if (training.bar->full() && !several()) {
    EndBar();
  } else if (now - last_draw_ >= kRedrawSeconds) {
    Draw();
  }
}

void Progress::OnEpoch(int arm, const EpochRecord& record) {
  EndBar();
  left_.EndEpoch(arm, terminal_.seconds());
  if (has_study_bar()) Draw();
  const ArmStart& start = trainings_[arm].arm;
  if (mode_ == ProgressMode::kBar && !several()) {
    if (study_.has_validation) WriteLine(ValidationSetLine(record));
    for (const std::string& line : TestSetLines(record, study_.test_images)) WriteLine(line);
  } else if (mode_ != ProgressMode::kNone) {
    const bool says_left = mode_ == ProgressMode::kPlain && left_.epochs_left() > 0;
    WriteLine(PlainEpochLine(Title(start), record, start.epochs, study_.has_validation) +
              (says_left ? ", " + TimeLeftText() : ""));
  }
}

void Progress::OnArmEnd(int arm) {
  EndBar();
  trainings_.erase(arm);
  const int done = left_.arms_done();
  left_.EndArm(arm);
  if (mode_ == ProgressMode::kPlain && left_.arms() > 1 && done > told_arms_) {
    told_arms_ = done;
    WriteLine(StudyLine());
  }
  if (!has_study_bar()) return;
  Draw();
  if (left_.epochs_left() == 0 && trainings_.empty()) live_.Leave();
}

void Progress::Draw() {
  std::vector<std::string> lines = Bars();
  if (has_study_bar()) lines.push_back(StudyBar());
  live_.Show(std::move(lines));
  last_draw_ = terminal_.seconds();
}

std::vector<std::string> Progress::Bars() {
  const double now = terminal_.seconds();
  std::vector<std::string> lines;
  for (auto& [arm, training] : trainings_) {
    if (!training.bar) continue;
    const std::string title = several() ? fmt::format("{}, epoch {}/{}", training.arm.label,
                                                      training.epoch, training.arm.epochs)
                                        : "";
    const int columns = LiveColumns(terminal_);
    lines.push_back(training.bar->full() ? training.bar->LastLine(title, columns)
                                         : training.bar->Line(title, columns, now));
  }
  return lines;
}

std::string Progress::StudyBar() const {
  const double now = terminal_.seconds();
  Meter meter;
  meter.n = left_.epochs_done();
  meter.total = std::max(1, left_.epochs_done() + left_.epochs_left());
  meter.elapsed = now - start_;
  if (left_.known()) meter.remaining = left_.Seconds(now);
  meter.columns = LiveColumns(terminal_);
  meter.ascii = !terminal_.utf8;
  meter.unit = "epoch";
  return FittedMeter(meter,
                     {fmt::format("study, {}/{} arms", left_.arms_done(), left_.arms()), "study"});
}

std::string Progress::StudyLine() const {
  const int left = left_.epochs_left();
  return fmt::format("study: {} of {} arms, {} of {} epochs in {}{}", left_.arms_done(),
                     left_.arms(), left_.epochs_done(), left_.epochs_done() + left,
                     FormatInterval(terminal_.seconds() - start_),
                     left > 0 && left_.known() ? ", " + TimeLeftText() : "");
}

void Progress::EndBar() {
  if (several() || trainings_.empty()) return;
  Training& training = trainings_.begin()->second;
  if (!training.bar) return;
  const std::string last = training.bar->LastLine("", LiveColumns(terminal_));
  training.bar.reset();
  if (has_study_bar()) {
    Draw();
    live_.Print(last);
  } else {
    live_.Show({last});
    live_.Leave();
  }
}

std::unique_ptr<StudyObserver> MakeProgress(const std::string& mode) {
  return std::make_unique<Progress>(ParseProgressMode(mode));
}

}  // namespace normlab
