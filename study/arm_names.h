// Names of arms: folders for the disk, labels for figures.
#pragma once

#include <vector>

#include "study/plan.h"

namespace normlab {

// Fills `folder` and `label` of every arm. Folders are unique.
void NameArms(std::vector<Arm>& arms);

}  // namespace normlab
