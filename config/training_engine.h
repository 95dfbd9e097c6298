// The engine that a run's trainings have.
#pragma once

#include <algorithm>

#include "config/config.h"
#include "engine/opencl/device_choice.h"
#include "engine/registry.h"

namespace normlab {

inline const Engine& EngineOf(const ExecutionOptions& execution) {
  return ParseDevice(execution.device).is_cpu ? FindEngine(execution.engine) : DeviceEngine();
}

inline EngineSettings EngineSettingsOf(const ExecutionOptions& execution) {
  return {ParseSimd(execution.simd), execution.threads, ParseDevice(execution.device).number,
          std::max(1, execution.jobs)};
}

}  // namespace normlab
