// The flags of what trains a recipe's arms: normlab run and normlab tune.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "config/plan.h"
#include "study/job_split.h"

namespace normlab {

struct StudyFlags {
  std::string recipe = "fashion";
  std::vector<std::string> set;
  std::string norms, seeds;
  std::string epochs, engine, device, simd, threads, jobs, init;  // keys with a flag of their own
  bool log_steps = false;
  std::string data_dir, out;
  std::string progress = "auto";
  bool dry_run = false;
  bool yes = false;
};

inline constexpr std::size_t kMostArmsUnasked = 200;

void AddStudyFlags(CLI::App& command, StudyFlags& flags);

// Environment, flags and --set. Throws UsageError.
Overrides MakeOverrides(const StudyFlags& flags);

JobSplit SplitOfAll(const StudyPlan& plan);
std::string SplitText(const JobSplit& split);

}  // namespace normlab
