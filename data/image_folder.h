// A folder of pictures as a data set: "folder:DIR", "folder:DIR@CxHxW" (data/dataset_spec.h).
//
// DIR/train/<class>/<picture> and DIR/test/<class>/<picture>; DIR/val/ stands for test/ where that
// is not there. The classes are the folders of train/, in the order of their names' bytes; 2 to
// 256. Pictures are the files directly in the folder of their class that data/picture_listing.h
// takes for one; every other file is passed over and counted in DatasetInfo::passed_over, but the
// litter of the system, which is not seen at all. Folders where pictures should be and pictures
// beside the classes are errors. Links are followed. Every picture is fitted by data/fit_image.h.
// Images are in the order of the bytes of <class>/<picture>.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/dataset_spec.h"

namespace normlab {

inline constexpr std::size_t kLargestImageSet = std::size_t{4} << 30;  // bytes of both splits

// From the names, the sizes and the first bytes of the files. Throws DataError.
DatasetInfo DescribeImageFolder(const DatasetSpec& spec);

// Reads train, test, class_names and sources. A source is a split: its checksum is that of the
// lines
// "<SHA-256 of the picture's file>  <class>/<picture>\n" in the order of the images, which is what
// sha256sum prints. Requires dataset.shape. Throws DataError naming the first picture that is
// broken.
void LoadImageFolder(const DatasetSpec& spec, Dataset& dataset);

// What LoadImageFolder would read, picture by picture: the sources of the splits that are whole,
// and every picture that is broken, in the order of the images. Throws DataError as
// DescribeImageFolder does.
struct CheckedFolder {
  std::size_t pictures = 0;  // that were read
  std::vector<SourceFile> sources;
  std::vector<PassedOver> passed_over;
  struct Broken {
    std::string path, problem;
  };
  std::vector<Broken> broken;
};
CheckedFolder CheckImageFolder(const DatasetSpec& spec);

}  // namespace normlab
