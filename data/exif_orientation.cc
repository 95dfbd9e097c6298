#include "data/exif_orientation.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace normlab {
namespace {

using namespace std::string_view_literals;

// A block of TIFF 6.0, of which the first directory counts. Offsets are from the block's beginning.
class TiffBlock {
 public:
  TiffBlock(FileBytes& file, std::uint64_t begin, std::uint64_t size)
      : file_(file), begin_(begin), size_(size) {}

  int Orientation() {
    const std::string_view mark = Take(0, 4);
    little_endian_ = mark == "II*\0"sv;
    if (!little_endian_ && mark != "MM\0*"sv) return kUpright;
    const std::optional<std::uint32_t> directory = Number(4, 4);
    const std::optional<std::uint32_t> entries = directory ? Number(*directory, 2) : directory;
    for (std::uint32_t i = 0; entries && i < *entries; ++i) {
      const std::uint64_t entry = std::uint64_t{*directory} + 2 + std::uint64_t{kEntryBytes} * i;
      if (Take(entry, kEntryBytes).size() < kEntryBytes) return kUpright;
      if (Number(entry, 2) == kOrientation) return ValueOf(entry);
    }
    return kUpright;
  }

 private:
  static constexpr std::size_t kEntryBytes = 12;  // tag, type, count, value
  static constexpr std::uint32_t kOrientation = 0x112, kShort = 3, kLong = 4;

  std::string_view Take(std::uint64_t offset, std::size_t count) {
    if (offset > size_ || size_ - offset < count) return {};
    return file_.At(begin_ + offset, count);
  }

  std::optional<std::uint32_t> Number(std::uint64_t offset, std::size_t count) {
    const std::string_view bytes = Take(offset, count);
    if (bytes.size() < count) return std::nullopt;
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char byte = bytes[little_endian_ ? count - 1 - i : i];
      number = number << 8 | static_cast<unsigned char>(byte);
    }
    return number;
  }

  int ValueOf(std::uint64_t entry) {
    const std::optional<std::uint32_t> type = Number(entry + 2, 2);
    if ((type != kShort && type != kLong) || Number(entry + 4, 4) != 1) return kUpright;
    const std::uint32_t value = *Number(entry + 8, type == kShort ? 2 : 4);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : kUpright;
  }

  FileBytes& file_;
  const std::uint64_t begin_, size_;
  bool little_endian_ = false;
};

std::uint64_t BigEndianNumber(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// What lies between two segments is passed over, as by libjpeg and PIL.
int OfJpeg(FileBytes& file) {
  constexpr std::string_view kExif = "Exif\0\0"sv;
  constexpr unsigned kStandAlone = 0xD0, kEndOfImage = 0xD9, kScan = 0xDA, kApp1 = 0xE1;
  std::uint64_t at = 2;
  for (std::string_view mark = file.At(at, 2); mark.size() == 2 && at < kLargestImageFile;
       mark = file.At(at, 2)) {
    const auto first = static_cast<unsigned char>(mark[0]),
               code = static_cast<unsigned char>(mark[1]);
    if (first != 0xFF || code == 0xFF) {
      ++at;
      continue;
    }
    at += 2;
    if (code <= 0x01 || (code >= kStandAlone && code < kEndOfImage)) continue;
    if (code == kEndOfImage || code == kScan) break;
    const std::string_view length_bytes = file.At(at, 2);
    const std::uint64_t length = BigEndianNumber(length_bytes);  // its own two bytes among them
    if (length_bytes.size() < 2 || length < 2) break;
    if (code == kApp1 && length >= 2 + kExif.size() && file.At(at + 2, kExif.size()) == kExif) {
      return TiffBlock(file, at + 2 + kExif.size(), length - 2 - kExif.size()).Orientation();
    }
    at += length;
  }
  return kUpright;
}

bool IsChunkName(std::string_view name) {
  return std::ranges::all_of(
      name, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

int OfPng(FileBytes& file) {
  std::uint64_t at = 8;
  for (std::string_view head = file.At(at, 8); head.size() == 8 && at < kLargestImageFile;
       head = file.At(at, 8)) {
    const std::uint64_t length = BigEndianNumber(head.substr(0, 4));
    if (head.ends_with("eXIf")) return TiffBlock(file, at + 8, length).Orientation();
    if (head.ends_with("IEND") || !IsChunkName(head.substr(4))) break;
    at += length + 12;  // the head and a checksum
  }
  return kUpright;
}

}  // namespace

int ExifOrientation(FileBytes& file) {
  if (file.At(0, 8) == "\x89PNG\r\n\x1a\n") return OfPng(file);
  return file.At(0, 3) == "\xff\xd8\xff" ? OfJpeg(file) : kUpright;
}

Image Upright(Image image, int orientation) {
  if (orientation == kUpright) return image;
  const bool transposed = orientation >= 5;
  const bool from_below =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const int height = image.shape.height, width = image.shape.width;
  Image turned{image.shape, {}, orientation};
  if (transposed) std::swap(turned.shape.height, turned.shape.width);
  turned.pixels.reserve(image.pixels.size());
  for (int c = 0; c < image.shape.channels; ++c) {
    const std::uint8_t* plane = image.pixels.data() + c * image.shape.pixels();
    for (int y = 0; y < turned.shape.height; ++y) {
      for (int x = 0; x < turned.shape.width; ++x) {
        const int row = transposed ? x : y, column = transposed ? y : x;
        const std::size_t from = from_below ? height - 1 - row : row;
        turned.pixels.push_back(plane[from * width + (from_right ? width - 1 - column : column)]);
      }
    }
  }
  return turned;
}

}  // namespace normlab
