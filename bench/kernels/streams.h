// What memory gives an operation at best: the plainest loops over the same maps.
#pragma once

#include <cstddef>

#include "operations/fast/simd.h"

namespace normlab {

// Every pixel of 16 floats of x is read once, every one of y written once: y has `pixels`, x
// `ratio` times as many.
void PassForwards(Simd simd, const float* x, float* y, std::size_t pixels, int ratio);

// x and dy are read once, dx is written: dy has `pixels`, x and dx `ratio` times as many.
void PassBackwards(Simd simd, const float* x, const float* dy, float* dx, std::size_t pixels,
                   int ratio);

}  // namespace normlab
