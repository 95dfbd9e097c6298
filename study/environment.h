// Where and by what a run was computed: environment.json.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "study/config.h"

namespace normlab {

struct BuildInfo {
  std::string version;  // "0.1.0"
  std::string
      revision;  // of the checkout it was built in, "-dirty" when changed; empty outside one
  std::string compiler;  // "GCC 12.2.0, Release"
};
BuildInfo ThisBuild();

int UsedThreads(const ExecutionOptions& execution);  // 0 becomes the number of cores

// "2026-11-21T14:03:55Z"
std::string UtcTime();

std::string EnvironmentJson(const ExecutionOptions& execution, const Dataset& dataset,
                            const std::vector<std::string>& command);

}  // namespace normlab
