// What can be refused of one arm before any data is read.
#pragma once

#include "config/config.h"
#include "model/architecture.h"
#include "train/optimizer.h"

namespace normlab {

ModelOptions MakeModelOptions(const Config& config);
OptimizerOptions MakeOptimizerOptions(const Config& config);

// The network of an arm. Throws UsageError.
Architecture MakeArchitecture(const Config& config);

// Whether the run compares statistics and this arm's network keeps some.
bool ComparesStatistics(const ExecutionOptions& execution, const Architecture& architecture);

// Throws UsageError: an impossible architecture, groups, order, augmentation or schedule; batch
// statistics of one value; more images held out, or in a batch, than there are. Writes model lines
// and augmentations out in full, so that equal configurations are equal texts.
void CheckAndWriteOut(Config& config);

}  // namespace normlab
