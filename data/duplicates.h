// Images whose pixels are there more than once.
#pragma once

#include <cstddef>

#include "data/dataset.h"

namespace normlab {

// An image is a copy when an earlier one of the same split, or for `test_in_train` any training
// image, has the same pixels, all of them.
struct Duplicates {
  std::size_t in_train = 0;
  std::size_t in_test = 0;
  std::size_t test_in_train = 0;
  std::size_t other_class = 0;  // copies of the three kinds whose label is not the first one's
};

Duplicates FindDuplicates(const Dataset& dataset);

}  // namespace normlab
