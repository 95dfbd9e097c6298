#include "augment/interval.h"

#include <fmt/format.h>

namespace normlab {

std::string Interval::text() const { return fmt::format("{}..{}", low, high); }

}  // namespace normlab
