// normlab data verify: every file against its published checksum.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddDataVerify(CLI::App& data);

}  // namespace normlab
