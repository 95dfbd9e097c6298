// How far an accuracy may lie from what was counted, by the number of images alone.
#pragma once

#include "statistics/sample.h"

namespace normlab {

inline constexpr double kIntervalLevel = 0.95;

// Wilson's score interval of a binomial share at 95 % (E. B. Wilson, "Probable inference, the law
// of succession, and statistical inference", JASA 1927; without continuity correction): the shares
// p with |correct / count - p| <= z sqrt(p (1 - p) / count), z = 1.959964. It takes the images for
// independent draws and the network as given: it says nothing of another training's accuracy.
// Shares of 1. Requires 0 <= correct <= count and count > 0.
ConfidenceInterval WilsonInterval(int correct, int count);

}  // namespace normlab
