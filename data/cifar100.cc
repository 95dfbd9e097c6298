#include "data/cifar100.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "data/archive.h"
#include "data/class_list.h"
#include "data/gunzip.h"
#include "data/labels.h"
#include "data/published.h"

namespace normlab {
namespace {

constexpr std::size_t kTrain = 0, kNames = 2;  // of the files to read; 1 is the test file

std::string NamesFile(std::string_view dataset) {
  return LabelsOf(dataset) == Cifar100Labels::kFine ? "fine_label_names.txt"
                                                    : "coarse_label_names.txt";
}

void ReadPart(std::size_t file, std::string_view bytes, const std::string& path,
              CifarRelease release, Dataset& dataset) {
  if (file == kNames) {
    dataset.class_names = ParseClassList(bytes, path, dataset.classes());
    return;
  }
  dataset.sources[file] = IdentifyFile(dataset.name, Cifar100Files(release)[file], path, bytes);
  const auto append =
      release == CifarRelease::kBinary ? AppendCifar100Binary : AppendCifar100Pickle;
  Split& split = file == kTrain ? dataset.train : dataset.test;
  split = {};
  append(bytes, path, LabelsOf(dataset.name), split);
}

// The two splits, and the names where the release has them as text.
std::vector<std::string> FilesToRead(CifarRelease release, const Dataset& dataset) {
  std::vector<std::string> files = Cifar100Files(release);
  if (release == CifarRelease::kBinary) files.push_back(NamesFile(dataset.name));
  return files;
}

}  // namespace

Cifar100Labels LabelsOf(std::string_view dataset) {
  return dataset == "cifar100-coarse" ? Cifar100Labels::kCoarse : Cifar100Labels::kFine;
}

const std::vector<std::string>& Cifar100Files(CifarRelease release) {
  static const std::vector<std::string> binary = {"train.bin", "test.bin"};
  static const std::vector<std::string> python = {"train", "test"};
  return release == CifarRelease::kBinary ? binary : python;
}

std::string_view Cifar100Folder(CifarRelease release) {
  return release == CifarRelease::kBinary ? "cifar-100-binary" : "cifar-100-python";
}

void AppendCifar100Binary(std::string_view bytes, const std::string& path, Cifar100Labels labels,
                          Split& split) {
  if (bytes.empty() || bytes.size() % kCifar100Record != 0) {
    throw DataError(
        fmt::format("{}: expected whole records of {} bytes, found {} bytes, {} of them after the "
                    "last whole record; get the file again",
                    path, kCifar100Record, bytes.size(), bytes.size() % kCifar100Record));
  }
  const std::size_t images = bytes.size() / kCifar100Record;
  split.labels.reserve(split.labels.size() + images);
  split.pixels.reserve(split.pixels.size() + images * kCifarShape.size());
  for (std::size_t offset = 0; offset < bytes.size(); offset += kCifar100Record) {
    const std::string_view record = bytes.substr(offset, kCifar100Record);
    const auto coarse = static_cast<unsigned char>(record[0]);
    const auto fine = static_cast<unsigned char>(record[1]);
    CheckLabel(coarse, kCifar100CoarseClasses, path, offset);
    CheckLabel(fine, kCifar100FineClasses, path, offset + 1);
    split.labels.push_back(labels == Cifar100Labels::kFine ? fine : coarse);
    split.pixels.insert(split.pixels.end(), record.begin() + 2, record.end());
  }
}

void AppendCifar100Pickle(std::string_view bytes, const std::string& path, Cifar100Labels labels,
                          Split& split) {
  if (labels == Cifar100Labels::kFine) {
    AppendPickledImages(bytes, path, "fine_labels", kCifar100FineClasses, split);
  } else {
    AppendPickledImages(bytes, path, "coarse_labels", kCifar100CoarseClasses, split);
  }
}

void LoadCifar100Folder(const std::string& folder, CifarRelease release, Dataset& dataset) {
  const std::vector<std::string> files = FilesToRead(release, dataset);
  dataset.sources.resize(kNames);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string path = fmt::format("{}/{}", folder, files[i]);
    std::error_code status;
    if (std::filesystem::is_regular_file(path, status)) {
      ReadPart(i, ReadWholeFile(path), path, release, dataset);
    } else if (i < kNames) {
      throw DataError(
          fmt::format("{}: {} is not complete: expected {}, found no such file; add the missing "
                      "file",
                      folder, dataset.title, files[i]));
    }
  }
}

void LoadCifar100Archive(const std::string& path, CifarRelease release, Dataset& dataset) {
  std::vector<std::string> names;
  for (const std::string& file : FilesToRead(release, dataset)) {
    names.push_back(fmt::format("{}/{}", Cifar100Folder(release), file));
  }
  dataset.sources.resize(kNames);
  const auto read = [&](std::size_t index, std::string_view bytes) {
    ReadPart(index, bytes, fmt::format("{}!{}", path, names[index]), release, dataset);
  };
  ReadArchive(path, names, read, names.size() - kNames);
}

}  // namespace normlab
