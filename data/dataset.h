// A data set as verified bytes: images and labels exactly as published, nothing converted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/identity.h"
#include "base/shape.h"
#include "data/folder_notes.h"
#include "data/passed_over.h"

namespace normlab {

struct Split {
  std::vector<std::uint8_t> pixels;  // [image][channel][row][column]
  std::vector<std::uint8_t> labels;  // one per image, below the number of classes
  Identity identity = {};            // pixels stay as they are once batches are taken of them
  std::size_t size() const { return labels.size(); }
};

// Of all pixels of the training split divided by 255, per channel; deviation over N (population).
// The training split is the published one, whole: a validation set held out later does not change
// it.
struct ChannelStatistics {
  std::vector<double> mean;
  std::vector<double> deviation;
};

// One file that was read. The checksum is of the raw bytes: of the IDX content after gunzip, of the
// .bin or pickle member after untar, so that re-compressed copies agree.
struct SourceFile {
  std::string path;  // member names are written archive.tar.gz!member
  std::string sha256;
  bool official = false;  // the checksum is that of the published file
};

struct Dataset {
  std::string name;                      // "mnist", "cifar100", "folder:/home/me/photos@3x32x32"
  std::string title;                     // "MNIST", "CIFAR-100", "photos"
  std::vector<std::string> class_names;  // 2 to 256; of the published sets torchvision's
  Shape shape;
  Split train;
  Split test;
  ChannelStatistics statistics;
  std::vector<SourceFile> sources;
  FolderNotes notes;  // of a folder of pictures

  int classes() const { return static_cast<int>(class_names.size()); }
};

// What is known of a data set without reading it; what an architecture is checked against before
// any data is read.
struct DatasetInfo {
  std::string name;
  std::string title;
  Shape shape;
  int classes = 0;
  int train_images = 0;
  int test_images = 0;
  // Empty for the published sets, whose names say which images they are. Of a user's own set it is
  // another one as soon as a file comes, goes, or changes its size or how it is to be turned.
  std::string fingerprint = {};
  // Of a folder of pictures: the files in it that are none.
  std::vector<PassedOver> passed_over = {};
  FolderNotes notes = {};
};

// A name is that of a published set or a user's own, "folder:DIR", "folder:DIR@CxHxW" or "idx:DIR"
// (data/dataset_spec.h), whose files are looked at once in a process. The result's name is written
// out: the folder from the root, the shape said. Throws UsageError naming the nearest data set when
// the name is unknown, and DataError when the user's files are no data set.
const DatasetInfo& FindDatasetInfo(std::string_view name);

// The published sets.
const std::vector<DatasetInfo>& AllDatasets();

// Finds a published set in the documented search order (docs/data.md), or a user's own where its
// name says, and reads it. `data_dir` is the flag's value, empty when not given. The first
// candidate that exists is used or is an error: a broken copy is never skipped in favour of a later
// one. Throws DataError.
Dataset LoadDataset(std::string_view name, const std::string& data_dir);

}  // namespace normlab
