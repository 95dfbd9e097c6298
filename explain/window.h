// How much of a large tensor is written out for a reader.
#pragma once

#include <string>

#include "explain/worked_example.h"

namespace normlab {

// The first images, channels, rows and columns; all of them up to kFullyPrintedValues values.
struct Window {
  int images = 0, channels = 0, height = 0, width = 0;
  std::size_t statistics = 0;  // written out one by one
  bool whole = true;
};

inline constexpr std::size_t kFullyPrintedValues = 256;

Window PrintedWindow(const WorkedExample& example);

// "Printed are the first 2x4x4x6 of 8x16x32x32 values ...; --json writes all."; empty for the
// whole.
std::string WindowNote(const WorkedExample& example, const Window& window);

// The number of value [n][c][h][w].
std::size_t ValueIndex(Shape shape, int n, int c, int h, int w);

}  // namespace normlab
