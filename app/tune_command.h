// normlab tune: keys drawn from ranges, judged on held-out images.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddTuneCommand(CLI::App& program);

}  // namespace normlab
