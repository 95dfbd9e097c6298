// Whether trainings fit, alone and side by side, into the memory that this process may have.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/memory_limits.h"
#include "config/plan.h"

namespace normlab {

// Before any data is read. Throws UsageError where the machine has less memory than a network of
// the plan needs for its batches, or than `jobs` of them need together.
void CheckPlanFits(const StudyPlan& plan);

// What one training holds beside the data set, in bytes: its network as planned, with a second one
// where statistics are compared, the copies that layer statistics take, the optimizer's state, and
// the log-probabilities that are kept. Threads that are not asked for are not counted: any number
// gives the same bits.
double TrainingMemory(const Config& config, const ExecutionOptions& execution);

// How many of the arms at `places` fit into what `limits` leave, whichever of them come to stand
// side by side; 0: not even one.
int TrainingsThatFit(const StudyPlan& plan, const std::vector<std::size_t>& places,
                     const std::vector<MemoryLimit>& limits = MemoryLimits());

// Once the data set is in memory and before anything is trained. Throws RunError when not even one
// of the arms at `places` fits. Returns a line to be told when fewer fit than the plan asks for,
// else nothing.
std::string CheckTrainingsFit(const StudyPlan& plan, const std::vector<std::size_t>& places);

}  // namespace normlab
