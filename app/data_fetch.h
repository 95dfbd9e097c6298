// normlab data fetch: downloads.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddDataFetch(CLI::App& data);

}  // namespace normlab
