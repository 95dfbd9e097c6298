// Registers of a pass: tiles in a worker's memory, taken again when nothing reads them any more, so
// that they stay in the first-level cache.
#pragma once

#include <cstddef>

#include "norm/program/graph.h"
#include "norm/program/instruction.h"

namespace normlab::program {

// Chooses the tile's rows and gives each register its place; returns the floats of all.
std::size_t AssignRegisters(const ImageExtents& extents, Step& step);

}  // namespace normlab::program
