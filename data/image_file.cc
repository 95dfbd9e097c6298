#include "data/image_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "data/decode_jpeg.h"
#include "data/decode_png.h"

namespace normlab {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPngMark = "\x89PNG\r\n\x1a\n"sv;
constexpr std::string_view kJpegMark = "\xff\xd8\xff"sv;

// What people call an image and normlab does not read, told by the first bytes.
std::string_view OtherFormat(std::string_view bytes) {
  constexpr std::pair<std::string_view, std::string_view> kMarks[] = {
      {"GIF8"sv, "a GIF"},         {"BM"sv, "a BMP"},
      {"II*\0"sv, "a TIFF"},       {"MM\0*"sv, "a TIFF"},
      {"\0\0\1\0"sv, "an icon"},   {"P5"sv, "a PGM"},
      {"P6"sv, "a PPM"},           {"%PDF"sv, "a PDF"},
      {"<svg"sv, "an SVG"},        {"<?xml"sv, "XML (an SVG?)"},
      {"\xff\x0a"sv, "a JPEG XL"}, {"\0\0\0\x0cjP  "sv, "a JPEG 2000"}};
  for (const auto& [mark, name] : kMarks) {
    if (bytes.starts_with(mark)) return name;
  }
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return "a WebP";
  if (bytes.substr(0, 8).ends_with("ftyp")) return "a HEIC, AVIF or video file";
  return "something else";
}

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
  if (bytes.starts_with(kPngMark)) return DecodePng(bytes, path);
  if (bytes.starts_with(kJpegMark)) return DecodeJpeg(bytes, path);
  if (bytes.empty()) {
    throw DataError(fmt::format("{}: expected a PNG or JPEG image, found an empty file", path));
  }
  throw DataError(
      fmt::format("{}: expected a PNG or JPEG image, found {}", path, OtherFormat(bytes)));
}

std::string ReadImageBytes(const std::string& path) {
  CheckFile(path);
  return ReadFile(path);
}

Image ReadImageFile(const std::string& path) { return DecodeImage(ReadImageBytes(path), path); }

}  // namespace normlab
