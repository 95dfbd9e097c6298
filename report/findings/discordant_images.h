// Two single networks on the same test images.
#pragma once

#include "records/run_folder.h"
#include "statistics/mcnemar.h"

namespace normlab {

// only_first: images that the first gets right and the second misses. Requires that the misses of
// both are known.
McNemar TestDiscordantImages(const ArmRecord& first, const ArmRecord& second);

}  // namespace normlab
