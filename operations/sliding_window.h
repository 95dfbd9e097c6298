// Windows that slide over a map, row by row of outputs: how many there are, and which pixels each
// of them has.
#pragma once

#include <algorithm>
#include <cassert>
#include <string>

#include "base/shape.h"
#include "operations/attributes.h"

namespace normlab {

// Along each axis: `extent` values that move by `step`, after `padding` rows of zeros.
struct WindowAxis {
  int extent = 1, step = 1, padding = 0;

  // Windows that a side has room for with its padding (PyTorch's ceil_mode=False).
  int Count(int side) const {
    const int left = side + 2 * padding - extent;
    return left < 0 ? 0 : left / step + 1;
  }
  // The pixels of window `index`, first to end - 1, that are the map's own.
  int First(int index) const { return std::max(0, index * step - padding); }
  int End(int index, int side) const { return std::min(side, index * step - padding + extent); }
  // The windows that a pixel is in, first to end - 1, of `count`.
  int FirstOver(int pixel) const {
    return std::max(0, pixel + padding - extent + step) / step;  // rounded up
  }
  int EndOver(int pixel, int count) const { return std::min(count, (pixel + padding) / step + 1); }

  // Every pixel is in one window at most, and none in the padding.
  bool lies_side_by_side() const { return step == extent && padding == 0; }
};

struct SlidingWindow {
  WindowAxis rows, columns;

  Shape Output(Shape input) const {
    return {input.channels, rows.Count(input.height), columns.Count(input.width)};
  }
  bool lies_side_by_side() const { return rows.lies_side_by_side() && columns.lies_side_by_side(); }
  bool halves() const { return rows.extent == 2 && columns.extent == 2 && lies_side_by_side(); }
};

// Of a pool's attributes: size, stride (as it is not said: size), padding (0; half of size at most,
// so that every window has a pixel). Size 0: the whole map.
inline SlidingWindow PoolWindow(const Attributes& attributes, int default_size, Shape input) {
  const int size = static_cast<int>(attributes.Or("size", default_size));
  if (size == 0) return {{input.height, input.height, 0}, {input.width, input.width, 0}};
  const WindowAxis axis = {size, static_cast<int>(attributes.Or("stride", size)),
                           static_cast<int>(attributes.Or("padding", 0))};
  assert(axis.extent > 0 && axis.step > 0 && axis.padding >= 0 && axis.padding <= size / 2);
  return {axis, axis};
}

// The same as PyTorch's functions take them: "3, stride=2, padding=1".
inline std::string PoolArguments(const Attributes& attributes, int default_size) {
  std::string text = std::to_string(static_cast<int>(attributes.Or("size", default_size)));
  for (const char* name : {"stride", "padding"}) {
    const int value = static_cast<int>(attributes.Or(name, -1));
    if (value >= 0) text += std::string(", ") + name + "=" + std::to_string(value);
  }
  return text;
}

}  // namespace normlab
