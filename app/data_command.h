// normlab data: what the data sets are, where they lie, what is in them.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddDataCommand(CLI::App& program);

}  // namespace normlab
