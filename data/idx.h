// The IDX format of MNIST and Fashion-MNIST: big-endian 00 00 08 <dimensions>, one 32-bit size per
// dimension, then the bytes (Y. LeCun, "The MNIST database of handwritten digits", file formats).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace normlab {

inline constexpr std::size_t kIdxImagesHeader = 16;
inline constexpr std::size_t kIdxLabelsHeader = 8;

// The pixels in `bytes`, after every check: magic number, at least one image, the shape, and a
// length that is exactly what the header says. Throws DataError naming `path`.
std::string_view ParseIdxImages(std::string_view bytes, const std::string& path,
                                const Shape& shape);

// The labels in `bytes`, each below `classes`. Throws DataError naming `path` and the offset.
std::string_view ParseIdxLabels(std::string_view bytes, const std::string& path, int classes);

// What the header of a file of images says: at least one image, and no more than kMostSetImages;
// sides of 1 to kLargestSide. `bytes` is the file or its beginning. Throws DataError naming `path`.
struct IdxImagesInfo {
  int images = 0;
  Shape shape;  // of one channel
};
IdxImagesInfo ParseIdxImagesHeader(std::string_view bytes, const std::string& path);

// A split of both files' bytes, as many labels as images. Throws DataError naming the path.
Split ParseIdxSplit(std::string_view image_bytes, const std::string& image_path,
                    std::string_view label_bytes, const std::string& label_path, const Shape& shape,
                    int classes);

// Reads the four files of `folder`, plain (preferred) or with .gz, into train, test and sources.
// Requires dataset.name, shape and class_names.
void LoadIdxFolder(const std::string& folder, Dataset& dataset);

// Images and labels of the training split, then of the test split; without .gz.
const std::vector<std::string>& IdxFiles();

// "train-images.idx3-ubyte": how some archives and mirrors spell it.
std::string DottedIdxName(std::string_view name);

// What to do where a file is in none of these forms: "; add the missing file".
std::string MissingIdxAdvice(const std::string& folder, std::string_view name);

// The path of one of them in `folder`, plain (preferred) or with .gz, with a dot before idx, or in
// a folder of its own name, as 7-Zip unpacks; "" when none is there.
std::string FindIdxFile(const std::string& folder, std::string_view name);

// The first file of the set in `folder`, "" when none of the four is there, plain or .gz.
std::string FindIdxFile(const std::string& folder);

}  // namespace normlab
