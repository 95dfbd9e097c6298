#include "data/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "data/exif_orientation.h"
#include "data/folder_splits.h"
#include "data/read_pictures.h"

namespace normlab {
namespace {

// "<bytes> <class>/<picture>\n" of each, class by class, which is another order than that of the
// paths where a class's name begins another's. A turned picture's line says so behind a control
// character, which no name holds.
std::string FingerprintLines(const ListedSplit& split) {
  std::vector<ListedPicture> pictures = split.pictures;
  std::ranges::stable_sort(pictures, {},
                           [](const ListedPicture& each) { return each.picture.label; });
  std::string lines;
  for (const auto& [picture, size, orientation] : pictures) {
    lines += fmt::format("{} {}", size, picture.path);
    if (orientation != kUpright) lines += fmt::format("\torientation {}", orientation);
    lines += "\n";
  }
  return lines;
}

std::string FingerprintOf(const ListedFolder& folder) {
  const auto& draw = folder.notes.drawn_split;
  const std::string drawn =
      draw ? fmt::format("1 in {} drawn with seed {}\n", draw->one_in, draw->seed) : "";
  return Sha256(drawn + FingerprintLines(folder.train) + "\n" + FingerprintLines(folder.test));
}

std::vector<Picture> PicturesOf(const ListedSplit& split) {
  std::vector<Picture> pictures;
  for (const ListedPicture& each : split.pictures) pictures.push_back(each.picture);
  return pictures;
}

}  // namespace

DatasetInfo DescribeImageFolder(const DatasetSpec& spec) {
  const ListedFolder folder = ListFolder(spec);
  return {spec.name,
          spec.title,
          spec.shape,
          static_cast<int>(folder.classes.size()),
          static_cast<int>(folder.train.pictures.size()),
          static_cast<int>(folder.test.pictures.size()),
          FingerprintOf(folder),
          folder.passed_over,
          folder.notes};
}

void LoadImageFolder(const DatasetSpec& spec, Dataset& dataset) {
  const ListedFolder folder = ListFolder(spec);
  dataset.class_names = folder.classes;
  dataset.notes = folder.notes;
  dataset.sources.clear();
  for (const auto& [listed, split] :
       {std::pair(&folder.train, &dataset.train), {&folder.test, &dataset.test}}) {
    const std::string checksums =
        ReadPictures(listed->path, PicturesOf(*listed), dataset.shape, *split);
    dataset.sources.push_back({listed->source, Sha256(checksums), false});
  }
}

CheckedFolder CheckImageFolder(const DatasetSpec& spec) {
  const ListedFolder folder = ListFolder(spec);
  CheckedFolder checked;
  checked.passed_over = folder.passed_over;
  checked.notes = folder.notes;
  for (const ListedSplit* listed : {&folder.train, &folder.test}) {
    const CheckedPictures pictures = CheckPictures(listed->path, PicturesOf(*listed));
    checked.pictures += listed->pictures.size();
    for (const auto& [path, problem] : pictures.broken) {
      checked.broken.push_back({fmt::format("{}/{}", listed->path, path), problem});
    }
    if (pictures.broken.empty()) {
      checked.sources.push_back({listed->source, Sha256(pictures.checksums), false});
    }
  }
  return checked;
}

}  // namespace normlab
