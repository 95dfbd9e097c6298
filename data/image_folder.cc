#include "data/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "data/class_list.h"
#include "data/picture_listing.h"
#include "data/read_pictures.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using Kind = FolderEntry::Kind;

struct Listing {
  std::string path;  // of the split
  std::vector<std::string> classes;
  std::vector<Picture> pictures;
  std::string sizes;  // "<bytes> <class>/<picture>\n" of each
  std::vector<PassedOver> passed_over;
};

void CheckName(const FolderEntry& entry, const std::string& folder) {
  if (IsPlainText(entry.name)) return;
  throw DataError(
      fmt::format("{}: expected names in UTF-8 without control characters, found '{}'; rename it",
                  folder, Printable(entry.name)));
}

// What can be no picture and must not be taken for nothing; otherwise counts it as passed over.
void PassOver(const FolderEntry& entry, const std::string& folder, Listing& listing) {
  const std::string path = fmt::format("{}/{}", folder, entry.name);
  if (entry.kind == Kind::kUnreachable) {
    throw DataError(fmt::format("cannot look into {}: {}", Printable(path, 4096), entry.problem));
  }
  if (entry.kind == Kind::kSpecial && IsPictureName(entry.name)) {
    throw DataError(fmt::format("{}: expected a file, found none", path));
  }
  const FileKind special = {FileUse::kOther, "special file"};
  CountPassedOver(entry.kind == Kind::kSpecial ? special : entry.file, listing.passed_over);
}

[[noreturn]] void RefuseEmptyClass(const std::string& folder,
                                   const std::vector<PassedOver>& found) {
  const std::string line = PassedOverWarning(folder, found);
  throw DataError(fmt::format(
      "{}: expected PNG or JPEG pictures, found none{}; a class needs at least one", folder,
      found.empty() ? "" : fmt::format(" ({})", line.substr(folder.size() + 2))));
}

void AddClass(const std::string& name, Listing& listing) {
  const std::string folder = fmt::format("{}/{}", listing.path, name);
  const std::size_t before = listing.pictures.size();
  const std::vector<PassedOver> passed_over = std::exchange(listing.passed_over, {});
  for (const FolderEntry& entry : ListPictureFolder(folder)) {
    if (entry.kind == Kind::kFolder) {
      throw DataError(
          fmt::format("{}/{}: expected pictures directly in {}, found a folder; move its "
                      "pictures up",
                      folder, entry.name, folder));
    }
    if (entry.kind != Kind::kPicture) {
      PassOver(entry, folder, listing);
      continue;
    }
    CheckName(entry, folder);
    const std::string below = fmt::format("{}/{}", name, entry.name);
    listing.pictures.push_back({below, static_cast<std::uint8_t>(listing.classes.size())});
    listing.sizes += fmt::format("{} {}\n", entry.size, below);
  }
  if (listing.pictures.size() == before) RefuseEmptyClass(folder, listing.passed_over);
  AddPassedOver(passed_over, listing.passed_over);
  listing.classes.push_back(name);
}

Listing ListSplit(const std::string& path) {
  Listing listing;
  listing.path = path;
  for (const FolderEntry& entry : ListPictureFolder(path)) {
    if (entry.kind == Kind::kFolder) {
      CheckName(entry, path);
      if (listing.classes.size() == kMostClasses) {
        throw DataError(
            fmt::format("{}: expected at most {} classes, found more", path, kMostClasses));
      }
      AddClass(entry.name, listing);
    } else if (entry.kind == Kind::kPicture) {
      throw DataError(
          fmt::format("{}/{}: expected a folder for each class, found a picture beside "
                      "them; move it into its class",
                      path, entry.name));
    } else {
      PassOver(entry, path, listing);
    }
  }
  if (listing.pictures.size() > static_cast<std::size_t>(kMostSetImages)) {
    throw DataError(fmt::format("{}: expected at most {} pictures, found {}", path, kMostSetImages,
                                listing.pictures.size()));
  }
  std::ranges::sort(listing.pictures, {}, &Picture::path);
  return listing;
}

std::string NeedSplit(const std::string& folder, std::initializer_list<std::string_view> names) {
  std::error_code status;
  for (const std::string_view name : names) {
    std::string path = fmt::format("{}/{}", folder, name);
    if (fs::is_directory(path, status)) return path;
  }
  throw DataError(fmt::format(
      "{}: expected the folder {}/ with a folder of pictures for each class, found none{}", folder,
      *names.begin(), fs::is_directory(folder, status) ? "" : ": there is no such folder"));
}

void CheckClasses(const Listing& train, const Listing& test) {
  if (train.classes.size() < 2) {
    throw DataError(fmt::format("{}: expected a folder for each of at least two classes, found {}",
                                train.path, train.classes.empty() ? "none" : "one"));
  }
  for (const std::string& name : test.classes) {
    if (std::ranges::find(train.classes, name) == train.classes.end()) {
      throw DataError(fmt::format("{}/{}: expected only the classes of {}, which has no '{}'",
                                  test.path, name, train.path, name));
    }
  }
  for (const std::string& name : train.classes) {
    if (std::ranges::find(test.classes, name) == test.classes.end()) {
      throw DataError(fmt::format("{}: expected pictures of every class of {}, found none of '{}'",
                                  test.path, train.path, name));
    }
  }
}

void CheckMemory(const DatasetSpec& spec, std::size_t pictures) {
  if (pictures <= kLargestImageSet / spec.shape.size()) return;
  throw DataError(
      fmt::format("{}: {} pictures at {}x{}x{} take {:.1f} GiB of memory, expected at most {}; "
                  "choose a smaller "
                  "size, such as folder:{}@3x32x32",
                  spec.path, pictures, spec.shape.channels, spec.shape.height, spec.shape.width,
                  static_cast<double>(pictures) * static_cast<double>(spec.shape.size()) / 0x1p30,
                  kLargestImageSet >> 30, spec.path));
}

std::array<Listing, 2> ListFolder(const DatasetSpec& spec) {
  const std::string train = NeedSplit(spec.path, {"train"});
  const std::string test = NeedSplit(spec.path, {"test", "val"});
  std::array<Listing, 2> splits = {ListSplit(train), ListSplit(test)};
  CheckClasses(splits[0], splits[1]);
  CheckMemory(spec, splits[0].pictures.size() + splits[1].pictures.size());
  return splits;
}

}  // namespace

DatasetInfo DescribeImageFolder(const DatasetSpec& spec) {
  const auto [train, test] = ListFolder(spec);
  std::vector<PassedOver> passed_over = train.passed_over;
  AddPassedOver(test.passed_over, passed_over);
  return {spec.name,
          spec.title,
          spec.shape,
          static_cast<int>(train.classes.size()),
          static_cast<int>(train.pictures.size()),
          static_cast<int>(test.pictures.size()),
          Sha256(train.sizes + "\n" + test.sizes),
          std::move(passed_over)};
}

void LoadImageFolder(const DatasetSpec& spec, Dataset& dataset) {
  const auto [train, test] = ListFolder(spec);
  dataset.class_names = train.classes;
  dataset.sources.clear();
  for (const auto& [listing, split] : {std::pair(&train, &dataset.train), {&test, &dataset.test}}) {
    const std::string checksums =
        ReadPictures(listing->path, listing->pictures, dataset.shape, *split);
    dataset.sources.push_back({listing->path, Sha256(checksums), false});
  }
}

CheckedFolder CheckImageFolder(const DatasetSpec& spec) {
  CheckedFolder checked;
  for (const Listing& listing : ListFolder(spec)) {
    const CheckedPictures pictures = CheckPictures(listing.path, listing.pictures);
    checked.pictures += listing.pictures.size();
    AddPassedOver(listing.passed_over, checked.passed_over);
    for (const auto& [path, problem] : pictures.broken) {
      checked.broken.push_back({fmt::format("{}/{}", listing.path, path), problem});
    }
    if (pictures.broken.empty()) {
      checked.sources.push_back({listing.path, Sha256(pictures.checksums), false});
    }
  }
  return checked;
}

}  // namespace normlab
