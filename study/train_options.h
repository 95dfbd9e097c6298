// A configuration as the training takes it.
#pragma once

#include "config/config.h"
#include "train/trainer.h"

namespace normlab {

TrainOptions MakeTrainOptions(const Config& config);

}  // namespace normlab
