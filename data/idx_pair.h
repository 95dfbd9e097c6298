// Anybody's images and labels in IDX, the format of MNIST: "idx:DIR" (data/dataset_spec.h).
//
// The files are <prefix>train-images-idx3-ubyte and <prefix>train-labels-idx1-ubyte, and the same
// of <prefix>t10k- or else <prefix>test-, each as it is or with .gz. The prefix is empty where
// files without one are there, otherwise the one that is there; where there are several, the name
// says which: "idx:DIR/emnist-letters" for emnist-letters-train-images-idx3-ubyte. Classes are 0 to
// the largest label of the training file; their names are the lines of <prefix>classes.txt, or the
// numbers. Images are of one channel and 1 to kLargestSide rows and columns. IDX of other types
// than bytes and of other dimensions (colour as a fourth) is refused.
#pragma once

#include <string>
#include <string_view>

#include "data/dataset.h"
#include "data/dataset_spec.h"

namespace normlab {

// From the headers of the images and the training labels. Throws DataError.
DatasetInfo DescribeIdxPair(const DatasetSpec& spec);

// Reads train, test, class_names and sources. Requires dataset.shape. Throws DataError.
void LoadIdxPair(const DatasetSpec& spec, Dataset& dataset);

// Where the files of a set lie, or would lie.
struct IdxPairFile {
  std::string name;  // without .gz
  std::string path;  // "" when it is missing
};
struct IdxPairFiles {
  std::string folder;
  IdxPairFile train_images, train_labels, test_images, test_labels;
  std::string class_list;  // "" when there is none
};

// Throws DataError where no set or several are there.
IdxPairFiles FindIdxPairFiles(const DatasetSpec& spec);

// The largest of a training file's labels and 1; at least two. Throws DataError naming `path`.
int CountIdxClasses(std::string_view label_bytes, const std::string& path);

}  // namespace normlab
