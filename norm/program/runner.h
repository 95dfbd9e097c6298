// Runs the segments of a program on a block's maps.
#pragma once

#include <vector>

#include "norm/program/compile.h"
#include "norm/program/uniform.h"

namespace normlab::program {

// Where the operands' bases lie for one block; null where a program has none.
using Bases = std::vector<float*>;

// `live`: 1 or 0 for each of 16 lanes; null where all hold images.
void Run(const Program& program, const Segment& segment, const Bases& bases, const float* live);

}  // namespace normlab::program
