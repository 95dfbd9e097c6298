// What can be refused of one arm before any data is read.
#pragma once

#include "model/architecture.h"
#include "study/config.h"

namespace normlab {

ModelOptions MakeModelOptions(const Config& config);
TrainOptions MakeTrainOptions(const Config& config);

// The network of an arm. Throws UsageError.
Architecture MakeArchitecture(const Config& config);

// Throws UsageError: an impossible architecture, groups, order, augmentation or schedule; batch
// statistics of one value; more images held out, or in a batch, than there are. Writes model lines
// and augmentations out in full, so that equal configurations are equal texts.
void CheckAndWriteOut(Config& config);

}  // namespace normlab
