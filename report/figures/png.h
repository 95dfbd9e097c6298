// Pictures as PNG bytes, by libpng.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace normlab {

struct RgbImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  // [row][column][3]
};

struct GrayImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  // [row][column]
};

std::string EncodePng(const RgbImage& image);
std::string EncodeGrayPng(const GrayImage& image);

}  // namespace normlab
