// `normlab serve`
#pragma once

#include "app/command.h"

namespace normlab {

Command AddServeCommand(CLI::App& program);

}  // namespace normlab
