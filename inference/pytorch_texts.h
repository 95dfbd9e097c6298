// The texts of an export: the network as PyTorch modules, and how to use it.
#pragma once

#include <string>
#include <string_view>

#include "inference/checkpoint.h"

namespace normlab {

// The expression in Python that makes this method's module, of `channels`, `height`, `width` and
// `groups`. `norm` is a name of the registry, each of which has one.
std::string_view PytorchNorm(std::string_view norm);

std::string PytorchModel(const Checkpoint& checkpoint, const ChannelStatistics& statistics);
std::string PytorchReadme(const Checkpoint& checkpoint, const ChannelStatistics& statistics);

}  // namespace normlab
