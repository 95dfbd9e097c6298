// normlab norms: the shipped methods and their files.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddNormsCommand(CLI::App& program);

}  // namespace normlab
