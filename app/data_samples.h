// normlab data samples: pictures of a row of images for every class.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddDataSamples(CLI::App& data);

}  // namespace normlab
