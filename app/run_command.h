// normlab run: the flags, and what they mean to a study.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/error.h"

namespace normlab {

struct RunFlags {
  std::string recipe = "fashion";
  std::vector<std::string> set;
  std::string norms, seeds;
  std::string epochs, engine, simd, threads, jobs, init;  // keys with a flag of their own
  bool log_steps = false;
  std::string data_dir, out;
  std::string progress = "auto";
  bool dry_run = false;
  bool list_keys = false;
};

CLI::App* AddRunCommand(CLI::App& app, RunFlags& flags);

ExitCode RunCommand(const RunFlags& flags, const std::vector<std::string>& command);

}  // namespace normlab
