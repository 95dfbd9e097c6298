// normlab run: the flags, and what they mean to a study.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddRunCommand(CLI::App& program);

}  // namespace normlab
