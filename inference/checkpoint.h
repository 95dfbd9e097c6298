// A trained network by the name of its file: what it is, before any of its tensors is read.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "model/architecture.h"
#include "study/checkpoint_metadata.h"

namespace normlab {

struct Checkpoint {
  std::string path;  // of the file
  Config config;
  int epoch = 0;
  // Batch::completed_steps of its passes; of a file that does not say, more than any schedule has.
  std::int64_t steps = std::numeric_limits<std::int64_t>::max();
  Architecture architecture;
  std::vector<std::string> class_names;
  // What its images were prepared with; empty in a checkpoint that does not say: then it is its
  // data set's own.
  std::optional<ChannelStatistics> statistics;
};

// `path` is a checkpoint, or the folder of an arm: its last.safetensors, or its best with `best`.
// Throws DataError when there is none, UsageError for `best` beside a file.
std::string FindCheckpoint(const std::string& path, bool best);

// Reads the header alone. Throws DataError: not a safetensors file, no configuration, one that is
// impossible, tensors that are not those of its network.
Checkpoint OpenCheckpoint(const std::string& path);

// The statistics that the checkpoint's images are prepared with. Reads its data set where the file
// does not say them; throws DataError when it is not found.
ChannelStatistics PreparationOf(const Checkpoint& checkpoint, const std::string& data_dir);

}  // namespace normlab
