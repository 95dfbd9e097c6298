// Where and by what a run was computed: environment.json.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "study/config.h"

namespace normlab {

int UsedThreads(const ExecutionOptions& execution);  // 0 becomes the number of cores

// "2026-11-21T14:03:55Z"
std::string UtcTime();

std::string EnvironmentJson(const ExecutionOptions& execution, const Dataset& dataset,
                            const std::vector<std::string>& command);

}  // namespace normlab
