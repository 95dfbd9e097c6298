// How many floating-point operations a second the arithmetic units can do at all: multiply-adds on
// registers, in as many independent chains as hide their latency.
#pragma once

#include "engine/fast/thread_pool.h"
#include "operations/fast/simd.h"

namespace normlab {

// FLOP per second of all `threads` together (2 FLOP per multiply-add and lane); the best of a few
// slices of a millisecond, because anything else on the machine only takes away.
double MeasureFmaPeak(Simd simd, ThreadPool& pool, int threads);

// What one core should do at this clock: clock x units x lanes x 2, with two units a core, which no
// register tells and which holds for most. SSE4 and scalar code have no fused multiply-add: two
// instructions, so half.
inline constexpr int kAssumedUnits = 2;
double NominalFmaPeak(Simd simd, double clock);

}  // namespace normlab
