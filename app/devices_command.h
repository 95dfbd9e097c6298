// normlab devices: where trainings can run, and what each place brings.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddDevicesCommand(CLI::App& program);

}  // namespace normlab
