// normlab evaluate: the flags, and which form the figures take.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddEvaluateCommand(CLI::App& program);

}  // namespace normlab
