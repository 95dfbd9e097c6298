#include "data/image_file.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "data/decode_jpeg.h"
#include "data/decode_png.h"
#include "data/exif_orientation.h"
#include "data/file_kind.h"
#include "data/passed_over.h"

namespace normlab {
namespace {

void CheckFile(const std::string& path) {
  std::error_code status;
  const std::filesystem::file_status file = std::filesystem::status(path, status);
  if (file.type() == std::filesystem::file_type::not_found) {
    throw DataError(fmt::format("{}: expected a PNG or JPEG image, found no such file", path));
  }
  if (file.type() == std::filesystem::file_type::none) {
    throw DataError(fmt::format("{}: expected a PNG or JPEG image, but it cannot be reached: {}",
                                path, status.message()));
  }
  if (file.type() != std::filesystem::file_type::regular) {
    throw DataError(fmt::format(
        "{}: expected a PNG or JPEG image, found {}", path,
        file.type() == std::filesystem::file_type::directory ? "a folder" : "no regular file"));
  }
  const std::uintmax_t size = std::filesystem::file_size(path, status);
  if (!status && size > kLargestImageFile) {
    throw DataError(fmt::format("{}: expected an image file of at most {} bytes, found {}", path,
                                kLargestImageFile, size));
  }
}

}  // namespace

void CheckImageSize(std::uint64_t width, std::uint64_t height, const std::string& path) {
  if (width == 0 || height == 0) {
    throw DataError(fmt::format("{}: expected an image of at least one pixel, found {} x {}", path,
                                width, height));
  }
  if (width > kMostImagePixels / height) {
    throw DataError(fmt::format(
        "{}: expected an image of at most {} pixels, found {} x {}; make it smaller first", path,
        kMostImagePixels, width, height));
  }
}

Image DecodeImage(std::string_view bytes, const std::string& path) {
  const FileKind kind = KindOfBytes(bytes);
  if (kind.use == FileUse::kPicture) {
    FileBytes file(bytes);
    return Upright(kind.name == "PNG" ? DecodePng(bytes, path) : DecodeJpeg(bytes, path),
                   ExifOrientation(file));
  }
  throw DataError(fmt::format("{}: expected a PNG or JPEG image, found {}{}", path,
                              OneOfKind(kind.name), WhatWouldDo(kind)));
}

std::string ReadImageBytes(const std::string& path) {
  CheckFile(path);
  return ReadFile(path);
}

Image ReadImageFile(const std::string& path) { return DecodeImage(ReadImageBytes(path), path); }

}  // namespace normlab
