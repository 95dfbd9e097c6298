// Names of arms: folders for the disk, labels for figures.
#pragma once

#include <vector>

#include "config/plan.h"

namespace normlab {

// Fills `folder` and `label` of every arm. Folders are unique.
void NameArms(std::vector<Arm>& arms);

}  // namespace normlab
