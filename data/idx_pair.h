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

#include "data/dataset.h"
#include "data/dataset_spec.h"

namespace normlab {

// From the headers of the images and the training labels. Throws DataError.
DatasetInfo DescribeIdxPair(const DatasetSpec& spec);

// Reads train, test, class_names and sources. Requires dataset.shape. Throws DataError.
void LoadIdxPair(const DatasetSpec& spec, Dataset& dataset);

}  // namespace normlab
