// normlab summary: the flags, and which form the tables take.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddSummaryCommand(CLI::App& program);

}  // namespace normlab
