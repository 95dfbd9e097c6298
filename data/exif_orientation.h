// How a camera was held, as it notes in its pictures: the tag Orientation (0x112) of Exif.
//
// 1 is a picture that lies as it is stored, 2 to 8 say how it is to be turned or mirrored. Read are
// the first APP1 segment "Exif" of a JPEG before its first scan, and the first eXIf chunk of a PNG,
// which may lie behind the pixels. What XMP and text chunks say is not.
//
// A note that is missing, damaged, cut short, points outside of its block or is no number of 1 to 8
// is 1: nothing is turned for it, and the picture is none the worse.
#pragma once

#include "data/file_bytes.h"
#include "data/image_file.h"

namespace normlab {

inline constexpr int kUpright = 1;

// 1 to 8. Of a file that is neither PNG nor JPEG 1.
int ExifOrientation(FileBytes& file);

// The picture as it was seen, which PIL's ImageOps.exif_transpose makes of it. Requires 1 to 8.
Image Upright(Image image, int orientation);

}  // namespace normlab
