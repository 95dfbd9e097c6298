// A checkpoint as a folder that PyTorch can use without normlab.
#pragma once

#include <string>
#include <vector>

#include "inference/checkpoint.h"

namespace normlab {

// Writes model.py, model.safetensors and README.md, each whole or not at all, and makes the folder.
// Returns their paths. A file that is there already must be what would be written: throws
// UsageError, and writes nothing, when one is another. Throws RunError where the folder cannot be
// written.
std::vector<std::string> ExportPytorch(const Checkpoint& checkpoint,
                                       const ChannelStatistics& statistics,
                                       const std::string& folder);

}  // namespace normlab
