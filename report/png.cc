#include "report/png.h"

#include <fmt/format.h>
#include <png.h>

#include <cassert>
#include <cstring>

#include "base/error.h"

namespace normlab {

std::string EncodePng(const RgbImage& image) {
  assert(image.width > 0 && image.height > 0);
  assert(image.pixels.size() == std::size_t{3} * image.width * image.height);
  png_image header;
  std::memset(&header, 0, sizeof header);
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);
  header.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&header, bytes.data(), &size, 0, image.pixels.data(), 0,
                                 nullptr)) {
    throw RunError(fmt::format("libpng could not write a picture: {}", header.message));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace normlab
