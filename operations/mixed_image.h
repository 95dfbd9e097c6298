// An image of a batch as a network is to see it.
#pragma once

#include "base/shape.h"
#include "operations/batch.h"

namespace normlab {

// Writes image `index` to `image`, [C][H][W], with its mix if it has one (Batch::mixes). `partner`
// is room for another image; neither read nor written where nothing is mixed.
void FillMixed(const Batch& batch, const Shape& shape, int index, float* image, float* partner);

}  // namespace normlab
