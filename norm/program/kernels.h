// The kernels of programs, once for each instruction set.
#pragma once

#include "norm/program/instruction.h"
#include "operations/fast/simd.h"

namespace normlab::program {

// Loads and stores are aligned: every operand of lanes lies on 64 bytes.
KernelTable KernelsFor(Simd simd);

}  // namespace normlab::program
