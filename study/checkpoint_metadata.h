// What a checkpoint's metadata say of its network, so that it can be taken up again by its name
// alone: the configuration, and what is needed of the data set to feed it and to name its answers.
//
//   config                    CanonicalText of the arm's configuration
//   epoch                     after which it was written, from 1
//   steps                     of the optimizer, completed by then
//   dataset.shape             JSON [channels, height, width]
//   dataset.mean, .deviation  JSON [one number per channel], of the training split, pixels / 255
//   dataset.class_names       JSON [one text per class]
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "data/dataset.h"

namespace normlab {

struct CheckpointMetadata {
  Config config;
  int epoch = 0;
  std::optional<std::int64_t> steps;  // older ones do not say
  // Checkpoints of normlab's first weeks say nothing of the data set.
  struct Data {
    Shape shape;
    ChannelStatistics statistics;
    std::vector<std::string> class_names;
  };
  std::optional<Data> data;
};

std::map<std::string, std::string> WriteCheckpointMetadata(const Config& config, int epoch,
                                                           std::int64_t steps,
                                                           const Dataset& dataset);

// Throws DataError naming `path`: no configuration, one that does not parse, values out of range.
// The result is bounded whatever the metadata say.
CheckpointMetadata ReadCheckpointMetadata(const std::map<std::string, std::string>& metadata,
                                          const std::string& path);

}  // namespace normlab
