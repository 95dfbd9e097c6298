// What the publishers of the data sets put out: names, sizes, classes, checksums.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace normlab {

struct PublishedFile {
  std::string_view dataset;
  std::string_view name;    // without .gz; members without their folder
  std::string_view sha256;  // of the raw bytes, as in SourceFile
};

const std::vector<PublishedFile>& PublishedFiles();

// The set whose files a published set reads: cifar100 for cifar100-coarse, else itself.
std::string_view FilesOf(std::string_view dataset);

// Empty when none is known.
std::string_view PublishedChecksum(std::string_view dataset, std::string_view file);

// torchvision's names in its order (torchvision 0.14.1, datasets/mnist.py; for CIFAR-10 and
// CIFAR-100 the label names in the releases' batches.meta and meta, which torchvision reads).
// Requires a published data set.
std::vector<std::string> ClassNames(std::string_view dataset);

// The record of one file that was read as `dataset`'s `name`. Throws DataError when the bytes are a
// different published file: another set's, or another part of this one.
SourceFile IdentifyFile(std::string_view dataset, std::string_view name, const std::string& path,
                        std::string_view bytes);

// A line where files of a published set were read that are not the published ones; else empty, as
// for a user's own set.
std::string ForeignFilesWarning(const Dataset& dataset);

}  // namespace normlab
