// A training step on an OpenCL device beside the same step of the fast engine, in alternating
// rounds.
#pragma once

#include <string>

#include "engine/opencl/device_choice.h"
#include "measure/bench_options.h"
#include "measure/rounds.h"

namespace normlab {

struct DeviceBenchReport {
  std::string device;  // DeviceTitle
  int batch = 0, threads = 0;
  int together = 1;  // trainings that the device had at once
  // Until the first step is done: with the kernels compiled, or found where the driver keeps them.
  double first_step = 0;
  // Seconds of a step with the optimizer's update: of the device's trainings the time by the clock
  // over their number.
  Spread device_step, fast_step;
  Spread ratio;  // of the device's to the fast engine's, round by round
};

// Throws UsageError where there is no such device, RunError where it fails.
DeviceBenchReport RaceDevice(const BenchOptions& options, const DeviceChoice& device);

std::string DeviceBenchTable(const BenchOptions& options, const DeviceBenchReport& report);
std::string DeviceBenchJson(const BenchOptions& options, const DeviceBenchReport& report,
                            const std::string& version);

}  // namespace normlab
