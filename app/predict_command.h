// normlab predict: the flags, and what is said of pictures that cannot be read.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddPredictCommand(CLI::App& program);

}  // namespace normlab
