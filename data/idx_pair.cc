#include "data/idx_pair.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "base/system_advice.h"
#include "base/text.h"
#include "data/class_list.h"
#include "data/file_kind.h"
#include "data/gunzip.h"
#include "data/idx.h"

namespace normlab {
namespace {

constexpr std::string_view kTrainImages = "train-images-idx3-ubyte";
constexpr std::string_view kImages = "-images-idx3-ubyte", kLabels = "-labels-idx1-ubyte";

struct Place {
  std::string folder, prefix;
};

bool IsFolder(const std::string& path) {
  std::error_code status;
  return std::filesystem::is_directory(path, status);
}

// What stands before "train-images-idx3-ubyte" in the folder's file names.
std::set<std::string> Prefixes(const std::string& folder) {
  std::set<std::string> prefixes;
  std::error_code status;
  std::filesystem::directory_iterator entries(folder, status);
  for (; !status && entries != end(entries); entries.increment(status)) {
    std::string name = entries->path().filename();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    const std::string dotted = DottedIdxName(kTrainImages);
    if (name.ends_with(dotted))
      name.replace(name.size() - dotted.size(), dotted.size(), kTrainImages);
    if (!name.ends_with(kTrainImages) || IsLitter(name)) continue;
    if (!IsPlainText(name)) {
      throw DataError(fmt::format(
          "{}: expected names in UTF-8 without control characters, found '{}'; rename it", folder,
          Printable(name)));
    }
    prefixes.insert(name.substr(0, name.size() - kTrainImages.size()));
  }
  if (status) throw DataError(fmt::format("cannot look into {}: {}", folder, SystemReason(status)));
  return prefixes;
}

std::string PrefixIn(const DatasetSpec& spec) {
  const std::set<std::string> prefixes = Prefixes(spec.path);
  if (prefixes.contains("")) return "";
  if (prefixes.size() == 1) return *prefixes.begin();
  if (prefixes.empty()) {
    throw DataError(
        fmt::format("{}: expected {} (plain or .gz, anything before it), found no such "
                    "file",
                    spec.path, kTrainImages));
  }
  std::vector<std::string> choices;
  for (const std::string& prefix : prefixes) {
    choices.push_back(Printable(prefix.substr(0, prefix.find_last_not_of('-') + 1)));
  }
  throw DataError(fmt::format("{}: expected one data set, found {}: {}; name one, as in idx:{}/{}",
                              spec.path, choices.size(), Join(choices), spec.path,
                              choices.front()));
}

Place FindPlace(const DatasetSpec& spec) {
  if (IsFolder(spec.path)) return {spec.path, PrefixIn(spec)};
  const std::filesystem::path path = spec.path;
  const Place place{path.parent_path(), path.filename().string() + "-"};
  if (FindIdxFile(place.folder, place.prefix + std::string(kTrainImages)).empty()) {
    throw DataError(fmt::format(
        "{}: expected a folder with {}, or the beginning of such files' names, found neither",
        spec.path, kTrainImages));
  }
  return place;
}

IdxPairFile FindFile(const Place& place, std::string_view split, std::string_view kind) {
  const std::string name = fmt::format("{}{}{}", place.prefix, split, kind);
  return {name, FindIdxFile(place.folder, name)};
}

// All of them are there.
IdxPairFiles FindWholePair(const DatasetSpec& spec) {
  IdxPairFiles pair = FindIdxPairFiles(spec);
  for (const IdxPairFile* file :
       {&pair.train_images, &pair.train_labels, &pair.test_images, &pair.test_labels}) {
    if (!file->path.empty()) continue;
    throw DataError(fmt::format(
        "{}: the data set is not complete: expected {} or {}.gz, found neither{}", pair.folder,
        file->name, file->name, MissingIdxAdvice(pair.folder, file->name)));
  }
  return pair;
}

// Sizes tell most changes at once; a changed label keeps them, and the labels are read anyway.
std::string Fingerprint(const IdxPairFiles& pair, std::string_view train_labels) {
  std::string text = Sha256(train_labels) + "\n";
  for (const std::string& path : {pair.train_images.path, pair.train_labels.path,
                                  pair.test_images.path, pair.test_labels.path, pair.class_list}) {
    std::error_code status;
    const std::uintmax_t size = path.empty() ? 0 : std::filesystem::file_size(path, status);
    text += fmt::format("{} {}\n", size, std::filesystem::path(path).filename().string());
  }
  return Sha256(text);
}

// The bytes of a file, noted among the sources.
std::string ReadSource(const std::string& path, Dataset& dataset) {
  std::string bytes = ReadMaybeGzip(path);
  dataset.sources.push_back({path, Sha256(bytes), false});
  return bytes;
}

std::vector<std::string> ClassNamesOf(const IdxPairFiles& pair, int classes) {
  if (!pair.class_list.empty()) {
    return ParseClassList(ReadWholeFile(pair.class_list), pair.class_list, classes);
  }
  std::vector<std::string> names;
  for (int label = 0; label < classes; ++label) names.push_back(std::to_string(label));
  return names;
}

}  // namespace

IdxPairFiles FindIdxPairFiles(const DatasetSpec& spec) {
  const Place place = FindPlace(spec);
  const bool t10k = !FindFile(place, "t10k", kImages).path.empty();
  const bool test = !FindFile(place, "test", kImages).path.empty();
  const std::string_view second = test && !t10k ? "test" : "t10k";
  IdxPairFiles pair{place.folder,
                    FindFile(place, "train", kImages),
                    FindFile(place, "train", kLabels),
                    FindFile(place, second, kImages),
                    FindFile(place, second, kLabels),
                    ""};
  const std::string list = fmt::format("{}/{}classes.txt", place.folder, place.prefix);
  std::error_code status;
  if (std::filesystem::is_regular_file(list, status)) pair.class_list = list;
  return pair;
}

int CountIdxClasses(std::string_view label_bytes, const std::string& path) {
  const std::string_view labels = ParseIdxLabels(label_bytes, path, kMostClasses);
  const auto by_value = [](char a, char b) {
    return static_cast<unsigned char>(a) < static_cast<unsigned char>(b);
  };
  const char largest = *std::ranges::max_element(labels, by_value);
  const int classes = static_cast<unsigned char>(largest) + 1;
  if (classes < 2) {
    throw DataError(fmt::format("{}: expected labels of at least two classes, found only 0", path));
  }
  return classes;
}

DatasetInfo DescribeIdxPair(const DatasetSpec& spec) {
  const IdxPairFiles pair = FindWholePair(spec);
  const std::string labels = ReadMaybeGzip(pair.train_labels.path);
  const IdxImagesInfo train = ParseIdxImagesHeader(
      ReadStart(pair.train_images.path, kIdxImagesHeader), pair.train_images.path);
  const IdxImagesInfo test = ParseIdxImagesHeader(
      ReadStart(pair.test_images.path, kIdxImagesHeader), pair.test_images.path);
  const int classes = CountIdxClasses(labels, pair.train_labels.path);
  ClassNamesOf(pair, classes);
  return {spec.name,
          spec.title,
          train.shape,
          classes,
          train.images,
          test.images,
          Fingerprint(pair, labels)};
}

void LoadIdxPair(const DatasetSpec& spec, Dataset& dataset) {
  const IdxPairFiles pair = FindWholePair(spec);
  dataset.sources.clear();
  const std::string train_images = ReadSource(pair.train_images.path, dataset);
  const std::string train_labels = ReadSource(pair.train_labels.path, dataset);
  const int classes = CountIdxClasses(train_labels, pair.train_labels.path);
  dataset.class_names = ClassNamesOf(pair, classes);
  dataset.train = ParseIdxSplit(train_images, pair.train_images.path, train_labels,
                                pair.train_labels.path, dataset.shape, classes);
  const std::string test_images = ReadSource(pair.test_images.path, dataset);
  const std::string test_labels = ReadSource(pair.test_labels.path, dataset);
  dataset.test = ParseIdxSplit(test_images, pair.test_images.path, test_labels,
                               pair.test_labels.path, dataset.shape, classes);
}

}  // namespace normlab
