// A data set as verified bytes: images and labels exactly as published, nothing converted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"

namespace normlab {

struct Split {
  std::vector<std::uint8_t> pixels;  // [image][channel][row][column]
  std::vector<std::uint8_t> labels;  // one per image, below the number of classes
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
  std::string name;                      // "mnist", "fashion-mnist", "cifar10"
  std::string title;                     // "MNIST", "Fashion-MNIST", "CIFAR-10"
  std::vector<std::string> class_names;  // torchvision's, in its order
  Shape shape;
  Split train;
  Split test;
  ChannelStatistics statistics;
  std::vector<SourceFile> sources;

  int classes() const { return static_cast<int>(class_names.size()); }
};

// What is known of a data set without reading it; what an architecture is checked against before
// any data is read.
struct DatasetInfo {
  std::string_view name;
  std::string_view title;
  Shape shape;
  int classes = 0;
  int train_images = 0;
  int test_images = 0;
};

// Throws UsageError naming the nearest data set when the name is unknown.
const DatasetInfo& FindDatasetInfo(std::string_view name);
const std::vector<DatasetInfo>& AllDatasets();

// Finds the data set in the documented search order (docs/data.md) and reads it. `data_dir` is the
// flag's value, empty when not given. The first candidate that exists is used or is an error:
// a broken copy is never skipped in favour of a later one. Throws DataError.
Dataset LoadDataset(std::string_view name, const std::string& data_dir);

}  // namespace normlab
