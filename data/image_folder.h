// A folder of pictures as a data set: "folder:DIR", "folder:DIR@CxHxW" (data/dataset_spec.h).
//
// DIR/train/<class>/<picture> and DIR/test/<class>/<picture>; DIR/val/ stands for test/ where that
// is not there. The classes are the folders of train/, in the order of their names' bytes; 2 to
// 256. Pictures are the files whose names end in .png, .jpg or .jpeg in any case, directly in the
// folder of their class; links are followed. What begins with a dot is passed over, and so are
// other files, but not pictures in formats that normlab does not read, nor folders where pictures
// should be: those are errors, since images would be missing without a word. Every picture is
// fitted by data/fit_image.h. Images are in the order of the bytes of <class>/<picture>.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/dataset_spec.h"

namespace normlab {

inline constexpr std::size_t kLargestImageSet = std::size_t{4} << 30;  // bytes of both splits

// From the names and sizes of the files. Throws DataError.
DatasetInfo DescribeImageFolder(const DatasetSpec& spec);

// Reads train, test, class_names and sources. A source is a split: its checksum is that of the
// lines
// "<SHA-256 of the picture's file>  <class>/<picture>\n" in the order of the images, which is what
// sha256sum prints. Requires dataset.shape. Throws DataError naming the first picture that is
// broken.
void LoadImageFolder(const DatasetSpec& spec, Dataset& dataset);

}  // namespace normlab
