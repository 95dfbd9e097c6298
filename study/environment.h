// Where and by what a run was computed: environment.json.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "data/dataset.h"
#include "study/job_split.h"

namespace normlab {

// "2026-11-21T14:03:55Z"
std::string UtcTime();

std::string EnvironmentJson(const ExecutionOptions& execution, const JobSplit& split,
                            const Dataset& dataset, const std::vector<std::string>& command);

}  // namespace normlab
