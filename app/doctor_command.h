// normlab doctor: what this machine has of what normlab can use, and the command that brings what
// it lacks.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddDoctorCommand(CLI::App& program);

}  // namespace normlab
