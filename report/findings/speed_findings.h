// How long the models train, and on what.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// Seconds an epoch and images a second of every model, each the median over a training's epochs
// after the first (which warms up) and of these the mean and range over the seeds; how many times
// as long as the fastest; and the hardware, jobs and threads from environment.json with what they
// mean for the figures. Plain text; empty where no finished training has a time.
std::vector<std::string> SpeedFindings(const RunRecord& run);

// Which model trains fastest and what the others take, of the split of the cores that the most
// models have in common.
Answer SpeedAnswer(const RunRecord& run);

}  // namespace normlab
