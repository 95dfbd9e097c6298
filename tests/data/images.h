// Pictures for the tests: goldens of PIL and torchvision, and JPEG files that no encoder writes.
#pragma once

#include <string>
#include <vector>

#include "data/image_file.h"

namespace normlab {

struct DecodedGolden {
  std::string name;
  std::string file;
  Image image;
};
std::vector<DecodedGolden> DecodedGoldens();  // golden/decoded.bin

// The file of the first golden whose name holds `part`.
std::string GoldenFile(const std::string& part);

struct FittedGolden {
  Image image;
  Image fitted;
};
std::vector<FittedGolden> FittedGoldens();  // golden/fitted.bin

// A baseline JPEG of 16 x 16 pixels whose three components lie in scans of their own, the last of
// which comes `repeats` times.
std::string ManyScans(int repeats);

// The file with every chunk's checksum as it must be, as far as it is a row of chunks.
std::string WithFittingChecksums(std::string png);

// Grey, every pixel `value`, as PNG.
std::string FlatPng(int width, int height, std::uint8_t value);

}  // namespace normlab
