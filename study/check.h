// What can be refused of one arm before any data is read.
#pragma once

#include <vector>

#include "model/architecture.h"
#include "study/config.h"

namespace normlab {

ModelOptions MakeModelOptions(const Config& config);
TrainOptions MakeTrainOptions(const Config& config);

// The network of an arm. Throws UsageError.
Architecture MakeArchitecture(const Config& config);

// Whether the run compares statistics and this arm's network keeps some.
bool ComparesStatistics(const ExecutionOptions& execution, const Architecture& architecture);

// Throws UsageError when the machine has less memory than the network needs for such batches.
void CheckMemory(const Architecture& architecture, int batch_size);

// Throws UsageError: an impossible architecture, groups, order, augmentation or schedule; batch
// statistics of one value; more images held out, or in a batch, than there are. Writes model lines
// and augmentations out in full, so that equal configurations are equal texts.
void CheckAndWriteOut(Config& config);

// Throws UsageError when `jobs` of these networks, 0 for as many as fit, need more memory than the
// machine has.
void CheckJobs(int jobs, const std::vector<Config>& configs);

}  // namespace normlab
