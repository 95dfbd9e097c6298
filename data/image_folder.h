// A folder of pictures as a data set: "folder:DIR", "folder:DIR@CxHxW" (data/dataset_spec.h).
//
// DIR/train/<class>/<picture> and DIR/test/<class>/<picture>; DIR/val/, valid/ or validation/
// stands for test/ where that is not there. The classes are the folders of train/, in the order of
// their names' bytes; 2 to 256. Where DIR has no train/ and no other part of a split either, it is
// a folder of classes itself, DIR/<class>/<picture>: the test images are drawn from each class
// (data/split_draw.h), the same ones every time. Pictures are the files directly in the folder of
// their class that data/picture_listing.h takes for one; every other file is passed over and
// counted in DatasetInfo::passed_over, but the litter of the system, which is not seen at all.
// Folders where pictures should be and pictures beside the classes are errors. Links are followed.
// Every picture is turned upright (data/image_file.h) and fitted by data/fit_image.h. Images are in
// the order of the bytes of <class>/<picture>.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/dataset_spec.h"

namespace normlab {

inline constexpr std::size_t kLargestImageSet = std::size_t{4} << 30;  // bytes of both splits

// From the names, the sizes and the first bytes of the files, of PNG the heads of all chunks: what
// a camera notes may lie behind the pixels. The fingerprint is of the lines
// "<bytes> <class>/<picture>\n" of train and, after an empty line, test, class by class, where
// "\torientation 6" follows the name of a picture that is turned, and "1 in 5 drawn with seed 1\n"
// precedes all where the split is drawn. Throws DataError.
DatasetInfo DescribeImageFolder(const DatasetSpec& spec);

// Reads train, test, class_names, sources and notes. A source is a split, of which a drawn one is
// written DIR!train and DIR!test: its checksum is that of the lines
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
  FolderNotes notes;
  struct Broken {
    std::string path, problem;
  };
  std::vector<Broken> broken;
};
CheckedFolder CheckImageFolder(const DatasetSpec& spec);

}  // namespace normlab
