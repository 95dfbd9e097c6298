// normlab report: writes the report of a run folder anew, from what lies in it.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddReportCommand(CLI::App& program);

}  // namespace normlab
