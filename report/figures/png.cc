#include "report/figures/png.h"

#include <fmt/format.h>
#include <png.h>

#include <cassert>
#include <cstring>

#include "base/error.h"

namespace normlab {
namespace {

std::string Encode(int width, int height, png_uint_32 format,
                   const std::vector<std::uint8_t>& pixels) {
  assert(width > 0 && height > 0);
  png_image header;
  std::memset(&header, 0, sizeof header);
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(width);
  header.height = static_cast<png_uint_32>(height);
  header.format = format;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&header, bytes.data(), &size, 0, pixels.data(), 0, nullptr)) {
    throw RunError(fmt::format("libpng could not write a picture: {}", header.message));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string EncodePng(const RgbImage& image) {
  assert(image.pixels.size() == std::size_t{3} * image.width * image.height);
  return Encode(image.width, image.height, PNG_FORMAT_RGB, image.pixels);
}

std::string EncodeGrayPng(const GrayImage& image) {
  assert(image.pixels.size() == std::size_t{1} * image.width * image.height);
  return Encode(image.width, image.height, PNG_FORMAT_GRAY, image.pixels);
}

}  // namespace normlab
