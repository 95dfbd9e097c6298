// normlab bench: the flags, and which form the figures take.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddBenchCommand(CLI::App& program);

}  // namespace normlab
