// normlab data stats: means, deviations, classes, copies.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddDataStats(CLI::App& data);

}  // namespace normlab
