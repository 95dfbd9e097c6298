// The range that a parameter is drawn from.
#pragma once

#include <string>

#include "base/philox.h"

namespace normlab {

struct UniformRange {
  double low = 0;
  double high = 0;

  double Draw(RandomStream& stream) const { return stream.Uniform(low, high); }
  std::string text() const;  // "low..high", in the fewest digits that read back to the same numbers
  friend bool operator==(const UniformRange&, const UniformRange&) = default;
};

}  // namespace normlab
