// A network in evaluation mode over many images.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/network.h"
#include "train/batches.h"

namespace normlab {

struct Evaluation {
  double loss = 0;      // mean over the images
  double accuracy = 0;  // percent
  int correct = 0;
};

// The images, in batches of network.max_batch(). `log_probabilities`, where not null, becomes
// [image][class]. A loss that is not finite is returned as soon as a batch gives it, so that
// network.FirstNonFiniteLayer() still speaks of that batch.
template <typename T>
Evaluation Evaluate(Network<T>& network, ImageBatch& source,
                    const std::vector<std::uint32_t>& images,
                    std::vector<float>* log_probabilities);

// The same with Network::EvaluateOnBatchStatistics: the batches are network.max_batch() images in
// the order given, the last one what is left.
template <typename T>
Evaluation EvaluateOnBatchStatistics(Network<T>& network, ImageBatch& source,
                                     const std::vector<std::uint32_t>& images,
                                     std::vector<float>* log_probabilities);

}  // namespace normlab
