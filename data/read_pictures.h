// Many pictures to the images of a split, on a few threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace normlab {

struct Picture {
  std::string path;  // below the split's folder
  std::uint8_t label = 0;
};

// Decodes and fits (data/fit_image.h) each picture, in the order given, whatever the threads do.
// Returns the lines "<SHA-256 of the file>  <path>\n". Throws what reading the first broken picture
// throws.
std::string ReadPictures(const std::string& folder, const std::vector<Picture>& pictures,
                         const Shape& shape, Split& split);

}  // namespace normlab
