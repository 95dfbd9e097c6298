// Pictures as people have them: PNG and JPEG files to 8 bits of grey or colour.
//
// Which of the two a file is, its content says, not its name. The rules, where a choice was to be
// made:
//  - grey stays grey (1 channel); colour and every palette is 3 channels, red, green, blue;
//  - 16 bits become 8 by the nearest value, 1, 2 and 4 bits by their share of white;
//  - what is transparent is laid over white: (value * alpha + 255 * (255 - alpha)) / 255, rounded;
//  - CMYK in a JPEG holds inverted inks, as Adobe writes it, and becomes colour as PIL has it;
//  - values are taken as they are stored: gamma and colour profiles change nothing, as in PIL and
//    torchvision;
//  - a picture is turned upright as its camera notes (data/exif_orientation.h), as by PIL's
//    ImageOps.exif_transpose;
//  - of an animated PNG the still image is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"

namespace normlab {

struct Image {
  Shape shape;                       // 1 or 3 channels, at least one pixel
  std::vector<std::uint8_t> pixels;  // [channel][row][column]
  int orientation = 1;               // of a file: by which it was turned (data/exif_orientation.h)
};

// What is larger is refused by its header, before memory is taken. An image of this size takes less
// than 0.8 GiB beside its file while it is decoded (of all, a progressive CMYK JPEG the most).
inline constexpr std::uint64_t kMostImagePixels = std::uint64_t{1} << 26;
inline constexpr std::uint64_t kLargestImageFile = std::uint64_t{1} << 28;  // bytes

// Throws DataError naming `path` when the file is not there, not readable, too large, neither PNG
// nor JPEG, cut short or damaged.
Image ReadImageFile(const std::string& path);

// The file's content, unread when there is no such file or it is too large.
std::string ReadImageBytes(const std::string& path);

// What ReadImageFile makes of a file's content; `path` is for the messages.
Image DecodeImage(std::string_view bytes, const std::string& path);

// Throws DataError when there is no pixel or there are more than kMostImagePixels.
void CheckImageSize(std::uint64_t width, std::uint64_t height, const std::string& path);

}  // namespace normlab
