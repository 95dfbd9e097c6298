// A checkpoint's network on a chosen engine.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "base/cores.h"
#include "base/error.h"
#include "base/memory_limits.h"
#include "config/check.h"
#include "engine/fast/memory.h"
#include "engine/opencl/device_choice.h"
#include "engine/registry.h"
#include "inference/checkpoint.h"
#include "study/job_split.h"
#include "train/trainer.h"

namespace normlab {

struct EngineOptions {
  std::string engine = "fast";  // a name of engine/registry.h
  std::string simd = "best";    // where the engine has a choice
  std::string device = "cpu";   // engine/opencl/device_choice.h
  int threads = 0;              // where the engine uses several; 0: all cores
};

// Throws UsageError naming the flag.
inline void CheckEngine(const EngineOptions& options) {
  ParseSimd(options.simd);
  FindEngine(options.engine, "--engine");
  const DeviceChoice device = ParseDevice(options.device, "--device");
  if (!device.is_cpu && options.engine != "fast") {
    throw UsageError(fmt::format("--device {}: runs in place of the engine fast, and --engine {}",
                                 options.device, options.engine));
  }
}

// After a pass whose loss is `loss`. Throws DataError naming the first layer that is not finite.
template <typename T>
void CheckFinite(double loss, const Network<T>& network, const Checkpoint& checkpoint) {
  if (std::isfinite(loss)) return;
  throw DataError(
      fmt::format("{}: this network's output is not finite; the first layer with such values is "
                  "{}: its training may have diverged",
                  checkpoint.path, network.FirstNonFiniteLayer()));
}

// use(network) with a new network. Throws RunError naming the checkpoint that it is for, where the
// memory for batches of this size is lacking.
template <class Use>
void UseNewNetwork(const Architecture& architecture, const Checkpoint& checkpoint,
                   const EngineOptions& options, int max_batch, const Use& use) {
  CheckMemoryNeed({static_cast<double>(MemoryBytes(architecture, max_batch)), 0},
                  fmt::format("{} in batches of {}", checkpoint.path, max_batch),
                  "choose a smaller --batch, or give the program more memory");
  const int threads = options.threads > 0 ? options.threads : Cores();
  const DeviceChoice device = ParseDevice(options.device, "--device");
  VisitNetwork(device.is_cpu ? FindEngine(options.engine) : DeviceEngine(), architecture, max_batch,
               {ParseSimd(options.simd), threads, device.number}, use);
}

// use(network) with a network that holds the checkpoint's tensors. Throws DataError where the file
// holds what does not fit, RunError as UseNewNetwork does.
template <class Use>
void UseNetwork(const Checkpoint& checkpoint, const EngineOptions& options, int max_batch,
                const Use& use) {
  UseNewNetwork(checkpoint.architecture, checkpoint, options, max_batch, [&](auto& network) {
    LoadCheckpoint(checkpoint.path, network);
    use(network);
  });
}

}  // namespace normlab
