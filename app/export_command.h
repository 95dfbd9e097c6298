// normlab export: a checkpoint for another program.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddExportCommand(CLI::App& program);

}  // namespace normlab
