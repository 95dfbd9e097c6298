#include "study/epoch_clock.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <string_view>

#include "base/cpuinfo.h"
#include "base/error.h"
#include "base/file.h"
#include "engine/registry.h"
#include "report/text/escape.h"

namespace normlab {

RunningTrainings::Moment RunningTrainings::Now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void RunningTrainings::Add(int count) {
  const std::lock_guard lock(mutex_);
  now_.trainings += count;
  ++now_.changes;
}

std::string ClockHeader() { return "epoch,threads,trainings,simd,processor\n"; }

EpochClock::EpochClock(const ExecutionOptions& execution, const RunningTrainings* running)
    : running_(running) {
  const Engine& engine = FindEngine(execution.engine);
  const std::string simd = InstructionSet(engine, execution.simd);
  threads_ = fmt::to_string(engine.threads ? execution.threads : 1);
  machine_ = fmt::format("{},{}", simd.empty() ? "none" : simd, CsvField(CpuInfo("model name")));
}

std::string EpochClock::Line(int epoch) const {
  const std::string trainings = Now() == start_ ? fmt::to_string(start_.trainings) : "";
  return fmt::format("{},{},{},{}\n", epoch, threads_, trainings, machine_);
}

RunningTrainings::Moment EpochClock::Now() const {
  return running_ == nullptr ? RunningTrainings::Moment{1, 0} : running_->Now();
}

NumberedText ReadClockLines(const std::string& path) {
  std::error_code status;
  if (!std::filesystem::is_regular_file(path, status)) return {};
  const std::string text = ReadFile(path);
  if (!text.starts_with(ClockHeader()) || text.back() != '\n') return {};
  NumberedText lines;
  for (std::size_t start = ClockHeader().size(); start < text.size();) {
    const std::size_t end = text.find('\n', start) + 1;
    std::int64_t epoch = 0;
    std::from_chars(text.data() + start, text.data() + end, epoch);
    if (epoch < 1) return {};
    lines[epoch] = text.substr(start, end - start);
    start = end;
  }
  return lines;
}

}  // namespace normlab
