// How much the best of several equals flatters.
#pragma once

namespace normlab {

// The expected maximum of `count` independent numbers from N(0, 1), in deviations above their mean:
// 0, 0.564, 0.846, 1.029, ... (Tippett 1925). Requires count >= 1.
double ExpectedMaximum(int count);

}  // namespace normlab
