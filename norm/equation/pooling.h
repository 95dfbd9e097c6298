// What a statistic pools over, in words and numbers: what a reduction's axes say.
#pragma once

#include <cstddef>
#include <string>

#include "norm/equation/axes.h"
#include "norm/equation/extents.h"

namespace normlab::equation {

// Of the values of one statistic: "one channel of all images of the batch", "all channels at one
// pixel of one image". Axes that are neither pooled nor kept, which what is pooled does not have,
// are not spoken of. `pooled` is not empty.
std::string PoolsOver(Axes pooled, Axes kept);

// The same of a map, where settings are numbers: "one channel of a ghost batch of 16 images", "one
// group of 2 channels of one image". Without ghost batches the batch is one.
std::string PoolsOver(Axes pooled, Axes kept, const Extents& extents);

// How far one statistic reaches along each axis; 1 where it does not pool. Of ghost batches the
// smallest is meant, which is the last.
struct PooledExtents {
  int images = 1, channels = 1, rows = 1, columns = 1;
  std::size_t values() const;
  friend bool operator==(const PooledExtents&, const PooledExtents&) = default;
};
PooledExtents PooledOf(Axes pooled, const Extents& extents);

}  // namespace normlab::equation
