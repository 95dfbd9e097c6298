// Plans number their values, operations and parameters with int, -1 for none; containers count with
// size_t.
#pragma once

#include <cstddef>

namespace normlab {

constexpr std::size_t At(int index) { return static_cast<std::size_t>(index); }

}  // namespace normlab
