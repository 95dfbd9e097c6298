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

struct BrokenPicture {
  std::string path;     // as in Picture
  std::string problem;  // the line that reading it throws
};

struct CheckedPictures {
  std::string checksums;  // ReadPictures' lines; those of broken pictures without a checksum
  std::vector<BrokenPicture> broken;
};

// Decodes each picture, however many are broken, and keeps none.
CheckedPictures CheckPictures(const std::string& folder, const std::vector<Picture>& pictures);

}  // namespace normlab
