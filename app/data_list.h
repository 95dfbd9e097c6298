// normlab data list: the sets that exist, and whether they are here.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddDataList(CLI::App& data);

}  // namespace normlab
