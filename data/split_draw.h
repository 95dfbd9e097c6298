// The test images of a folder that has none of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/folder_notes.h"

namespace normlab {

// How many of the n pictures of a class are tested on. Requires n > 1.
std::size_t TestPictures(std::size_t n, const DrawnSplit& draw);

// For each picture of a set, given by their labels, whether it is tested on. Within a class the
// draw depends on the seed, the label and the number of its pictures alone, so that it is the same
// on every machine. Requires at least two pictures of every class that has one.
std::vector<bool> DrawTestPictures(const std::vector<std::uint8_t>& labels, const DrawnSplit& draw);

}  // namespace normlab
