// normlab data where: every place that is looked at, in order.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddDataWhere(CLI::App& data);

}  // namespace normlab
