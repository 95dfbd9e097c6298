// The images of a batch into a network's input, [C][H][W][images]: looked up where they are bytes,
// and mixed (struct Mix).
#pragma once

#include <cstddef>

#include "base/shape.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

// What a pass says of its images, words of 32 bits: a row for each of these, [images], and behind
// them the table of bytes, float[C][256].
enum ImageRow {
  kPlace,    // among the pixels that are read, [image][C][H][W]
  kPartner,  // the place of what it is mixed with
  kWeight,   // a float
  kTop,      // of the box
  kLeft,
  kBottom,  // behind its last row
  kRight,
  kImageRows,
};

inline std::size_t ImageWords(const Shape& input, const DeviceShape& device) {
  return static_cast<std::size_t>(kImageRows * device.images + input.channels * 256);
}

// Its first argument are the pixels: bytes, or floats.
Launch ImagesLaunch(const Shape& input, bool are_bytes);

}  // namespace normlab::opencl
