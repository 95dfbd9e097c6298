#include "augment/uniform_range.h"

#include <fmt/format.h>

namespace normlab {

std::string UniformRange::text() const { return fmt::format("{}..{}", low, high); }

}  // namespace normlab
