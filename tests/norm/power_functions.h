// norm/fast/power-inl.h on arrays, on a chosen instruction set.
#pragma once

#include <cstddef>

#include "operations/fast/simd.h"

namespace normlab {

// Arrays begin at multiples of 64 bytes; `count` is a multiple of 16.
void ApplyPower(Simd simd, const float* base, const float* exponent, float* y, std::size_t count);
void ApplyPowerOf(Simd simd, const float* base, float exponent, float* y, std::size_t count);

}  // namespace normlab
