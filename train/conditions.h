// What must be equal between two trainings for their difference to be the method's, as hashes that
// anyone can compare.
#pragma once

#include <cstdint>
#include <string>

#include "augment/augment.h"
#include "data/dataset.h"
#include "engine/network.h"
#include "train/trainer.h"

namespace normlab {

inline constexpr int kHashedEpochs = 20;

// The hashes are SHA-256 in 64 hexadecimal digits, over little-endian values.
struct TrainingConditions {
  std::uint64_t parameters = 0;
  int batch_size = 0;
  std::int64_t steps = 0;  // that the training will take, if nothing ends it
  // The convolutions' weights, in the order of the layers, as float32: what networks of one
  // architecture have in common whatever normalizes them.
  std::string initial_weights;
  // Indices of the training images, uint32, of the first kHashedEpochs epochs one after the other.
  std::string data_order;
  std::string first_images;  // the first 128 of that order as the network is given them, float32
};

// `network` as it is initialized, before its first step. `augmentation` may be null.
// Requires options that CheckTraining accepts.
template <typename T>
TrainingConditions MeasureConditions(Network<T>& network, const Dataset& dataset,
                                     const Augmentation* augmentation, const TrainOptions& options);

}  // namespace normlab
