// The flags that the commands which take a checkpoint up again share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/registry.h"
#include "inference/trained_network.h"

namespace normlab {

inline void AddCheckpointFlags(CLI::App& command, std::string& checkpoint, bool& best) {
  command
      .add_option("checkpoint", checkpoint, "last.safetensors, best.safetensors or an arm's folder")
      ->required();
  command.add_flag("--best", best, "of a folder: best.safetensors, not last.safetensors");
}

inline void AddEngineFlags(CLI::App& command, EngineOptions& options) {
  constexpr int kMostThreads = 1024;
  command.add_option("--engine", options.engine, EngineChoice())->capture_default_str();
  command.add_option("--device", options.device, "cpu, opencl or opencl:N (normlab devices)")
      ->capture_default_str();
  command.add_option("--simd", options.simd, "best, avx512, avx2, sse4 or scalar")
      ->capture_default_str();
  command.add_option("--threads", options.threads, "0: all cores")
      ->check(CLI::Range(0, kMostThreads))
      ->capture_default_str();
}

}  // namespace normlab
