// A fair draw, the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/philox.h"

namespace normlab {

// Fisher and Yates, from the front: after `count` exchanges the first `count` items are a fair
// sample in fair order. Requires count <= items.size() < 2^32.
template <typename Item>
void ShuffleFront(std::vector<Item>& items, std::size_t count, RandomStream& random) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto rest = static_cast<std::uint32_t>(items.size() - i);
    std::swap(items[i], items[i + random.Below(rest)]);
  }
}

}  // namespace normlab
