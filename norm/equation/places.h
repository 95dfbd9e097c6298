// The values of a node as an array along the axes that it has, and what the place of one is called.
#pragma once

#include <string>
#include <vector>

#include "norm/equation/extents.h"

namespace normlab::equation {

// Images or ghost batches, channels or groups or channels of a group, rows, columns: of these axes
// those that a value has, in this order. Of a lone number none.
std::vector<int> ValueExtents(const Extents& extents, Axes axes);

// Of each value with axes `from` the index of the value with axes `to` that stands beside it.
std::vector<std::size_t> Beside(const Extents& extents, Axes from, Axes to);

// "[1,0,0,1]", along ValueExtents; nothing of a lone number.
std::string PlaceText(const Extents& extents, Axes axes, std::size_t index);
// "image 1, group 0"; "all" of a lone number.
std::string PlaceWords(const Extents& extents, Axes axes, std::size_t index);

}  // namespace normlab::equation
