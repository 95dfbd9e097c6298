// CIFAR-10 (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009) in both
// releases: "binary", records of one label and 3 x 32 x 32 pixels, and "Python", pickled batches.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace normlab {

inline constexpr Shape kCifarShape{3, 32, 32};
inline constexpr std::size_t kCifarRecord = 1 + 3 * 32 * 32;
inline constexpr int kCifarClasses = 10;

enum class CifarRelease { kBinary, kPython };

// Five training batches and the test batch, in this order.
const std::vector<std::string>& CifarFiles(CifarRelease release);

// The folder's name in the archive: cifar-10-batches-bin, cifar-10-batches-py.
std::string_view CifarFolder(CifarRelease release);

// Append a batch of any number of images; throw DataError naming `path`.
void AppendCifarBinary(std::string_view bytes, const std::string& path, Split& split);
void AppendCifarPickle(std::string_view bytes, const std::string& path, Split& split);

// The pickled images, with the labels, each below `classes`, that the dictionary keeps under `key`.
void AppendPickledImages(std::string_view bytes, const std::string& path, std::string_view key,
                         int classes, Split& split);

// Read train, test and sources of the data set that `dataset` names.
void LoadCifarFolder(const std::string& folder, CifarRelease release, Dataset& dataset);
void LoadCifarArchive(const std::string& path, CifarRelease release, Dataset& dataset);

}  // namespace normlab
