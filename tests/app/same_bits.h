// Two arms' folders with the same results.
#pragma once

#include <string>

namespace normlab {

// All files that a training leaves, less the columns of metrics.csv that measure time.
void ExpectSameBits(const std::string& a, const std::string& b);

}  // namespace normlab
