#include "inference/last_batch.h"

#include <fmt/format.h>

#include "base/error.h"

namespace normlab {

int LastBatch(std::size_t images, int batch) {
  const auto rest = static_cast<int>(images % static_cast<std::size_t>(batch));
  return rest == 0 ? batch : rest;
}

std::string WhyNoBatchStatistics(const Architecture& architecture, int smallest_batch) {
  try {
    CheckBatchStatistics(architecture, smallest_batch);
    return "";
  } catch (const UsageError&) {
    return fmt::format(
        "a batch of {} leaves a channel one value, whose deviation is 0: give another --batch",
        smallest_batch);
  }
}

}  // namespace normlab
