#include "study/epoch_clock.h"

#include <filesystem>

#include "base/cpuinfo.h"
#include "base/error.h"
#include "config/training_engine.h"
#include "engine/opencl/devices.h"

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

EpochClock::EpochClock(const ExecutionOptions& execution, const RunningTrainings* running)
    : running_(running) {
  const Engine& engine = EngineOf(execution);
  const std::string simd = InstructionSet(engine, execution.simd);
  split_.threads = engine.threads ? execution.threads : 1;
  split_.simd = simd.empty() ? "none" : simd;
  split_.processor = CpuInfo("model name");
  if (!engine.on_device) return;
  split_.simd = "opencl";
  split_.processor = opencl::UsableDevice(ParseDevice(execution.device).number).name;
}

ClockRecord EpochClock::Record(int epoch) const {
  ClockRecord record{split_, epoch};
  record.trainings = Now() == start_ ? start_.trainings : 0;
  return record;
}

RunningTrainings::Moment EpochClock::Now() const {
  return running_ == nullptr ? RunningTrainings::Moment{1, 0} : running_->Now();
}

std::vector<ClockRecord> ReadClockOrNone(const std::string& path) {
  std::error_code status;
  if (!std::filesystem::is_regular_file(path, status)) return {};
  try {
    return ReadOwn(ClockTable(), CsvTable(path));
  } catch (const DataError&) {
    return {};
  }
}

}  // namespace normlab
