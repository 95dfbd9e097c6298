// normlab bench: the flags, and which form the figures take.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

#include "base/error.h"
#include "measure/bench_options.h"

namespace normlab {

struct BenchFlags {
  BenchOptions options;
  std::optional<std::size_t> bandwidth_mib;
  bool json = false;
};

CLI::App* AddBenchCommand(CLI::App& app, BenchFlags& flags);

ExitCode BenchCommand(const BenchFlags& flags);

}  // namespace normlab
