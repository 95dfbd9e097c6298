// What must be equal between two trainings for their difference to be the method's, as hashes that
// anyone can compare.
#pragma once

#include "augment/augment.h"
#include "data/dataset.h"
#include "engine/network.h"
#include "train/trainer.h"
#include "train/training_records.h"

namespace normlab {

inline constexpr int kHashedEpochs = 20;

// `network` as it is initialized, before its first step. `augmentation` may be null.
// Requires options that CheckTraining accepts.
template <typename T>
TrainingConditions MeasureConditions(Network<T>& network, const Dataset& dataset,
                                     const Augmentation* augmentation, const TrainOptions& options);

}  // namespace normlab
