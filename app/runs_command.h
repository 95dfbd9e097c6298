// normlab runs: what was trained so far, and how far it is.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddRunsCommand(CLI::App& program);

}  // namespace normlab
