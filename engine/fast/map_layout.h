// Rules of the fast network's maps that its builder and the count of its memory share.
#pragma once

#include "model/architecture.h"
#include "operations/fast/simd.h"

namespace normlab {

// The border of zeros that the layer which reads a map next wants around it; null: none does.
int Border(const Layer* next);

// Whether the layer can normalize what it reads, so that a normalized map need not be stored.
bool ReadsNormalizedInput(Simd simd, const Layer* next);

}  // namespace normlab
