// The texts of an export: the network as PyTorch modules, and how to use it.
#pragma once

#include <string>

#include "inference/checkpoint.h"

namespace normlab {

std::string PytorchModel(const Checkpoint& checkpoint, const ChannelStatistics& statistics);
std::string PytorchReadme(const Checkpoint& checkpoint, const ChannelStatistics& statistics);

}  // namespace normlab
