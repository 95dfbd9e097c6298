// A picture of any size as an image of a data set's shape.
//
// First the channels: colour to grey as PIL's convert("L") does it, ITU-R 601 in integers,
// (19595 red + 38470 green + 7471 blue + 32768) >> 16; grey to colour by three equal channels.
// Then torchvision's Resize and CenterCrop on PIL images, for a target of any two sides: the
// picture is scaled, its proportions kept, until it just covers the target (one side equals the
// target's, the other is the exact length rounded down), and its middle is cut out (where an odd
// number of rows or columns is left over, the offset is rounded to even, as Python rounds). Scaling
// is PIL's bilinear filter, widened when scaling down (antialias), in PIL's fixed-point arithmetic:
// first along the rows, rounded to 8 bits, then along the columns. The result is that of PIL, byte
// for byte. Only what the cut keeps is ever computed.
#pragma once

#include "data/image_file.h"

namespace normlab {

// Requires an image of 1 or 3 channels and at least one pixel, and a target of 1 or 3 channels with
// sides of 1 to 32,768.
Image FitImage(const Image& image, Shape target);

}  // namespace normlab
