// normlab compare: two runs side by side.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddCompareCommand(CLI::App& program);

}  // namespace normlab
