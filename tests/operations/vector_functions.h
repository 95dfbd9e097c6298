// operations/fast/functions-inl.h on arrays, on a chosen instruction set.
#pragma once

#include <cstddef>

#include "operations/fast/simd.h"

namespace normlab {

enum class VectorFunction {
  kExp,
  kLog,
  kTanh,
  kSigmoid,
  kSoftplus,
  kErf,
  kSquareRoot,
  kReciprocal
};

// Arrays begin at multiples of 64 bytes; `count` is a multiple of 16.
void ApplyFunction(Simd simd, VectorFunction function, const float* x, float* y, std::size_t count);

}  // namespace normlab
