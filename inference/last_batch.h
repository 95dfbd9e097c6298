// Batches of a data set's images, of which the last may be too small for statistics.
#pragma once

#include <cstddef>
#include <string>

#include "model/architecture.h"

namespace normlab {

// Images of the last of the batches. Requires images > 0 and batch > 0.
int LastBatch(std::size_t images, int batch);

// Empty, or why a batch of this size has no statistics: PyTorch refuses it as well.
std::string WhyNoBatchStatistics(const Architecture& architecture, int smallest_batch);

}  // namespace normlab
