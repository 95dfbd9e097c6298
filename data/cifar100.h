// CIFAR-100 (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009): every
// image has a fine label of 100 and a coarse one of 20. Two releases as of CIFAR-10: "binary",
// records of coarse label, fine label and 3 x 32 x 32 pixels, and "Python", a pickle for each
// split.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/cifar.h"
#include "data/dataset.h"

namespace normlab {

inline constexpr std::size_t kCifar100Record = 2 + 3 * 32 * 32;
inline constexpr int kCifar100FineClasses = 100, kCifar100CoarseClasses = 20;

enum class Cifar100Labels { kFine, kCoarse };

// Of a data set's name: "cifar100" or "cifar100-coarse".
Cifar100Labels LabelsOf(std::string_view dataset);

std::vector<std::string> Cifar100FineNames();
std::vector<std::string> Cifar100CoarseNames();

// The training file and the test file, in this order.
const std::vector<std::string>& Cifar100Files(CifarRelease release);

// The folder's name in the archive: cifar-100-binary, cifar-100-python.
std::string_view Cifar100Folder(CifarRelease release);

// Append a file of any number of images; throw DataError naming `path`. Both labels of every image
// are checked, whichever is kept.
void AppendCifar100Binary(std::string_view bytes, const std::string& path, Cifar100Labels labels,
                          Split& split);
void AppendCifar100Pickle(std::string_view bytes, const std::string& path, Cifar100Labels labels,
                          Split& split);

// Read train, test and sources of the data set that `dataset` names, and its class names where the
// binary release's list of them (fine_label_names.txt or coarse_label_names.txt) is there.
void LoadCifar100Folder(const std::string& folder, CifarRelease release, Dataset& dataset);
void LoadCifar100Archive(const std::string& path, CifarRelease release, Dataset& dataset);

}  // namespace normlab
