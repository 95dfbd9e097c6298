// normlab explain NORM: worked numbers on a small tensor, forward and backward.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddExplainCommand(CLI::App& program);

}  // namespace normlab
