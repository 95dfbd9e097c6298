#include "data/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "data/class_list.h"
#include "data/read_pictures.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

struct Listing {
  std::string path;  // of the split
  std::vector<std::string> classes;
  std::vector<Picture> pictures;
  std::string sizes;  // "<bytes> <class>/<picture>\n" of each
};

bool EndsLike(std::string name, std::initializer_list<std::string_view> endings) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::ranges::any_of(endings, [&](std::string_view end) { return name.ends_with(end); });
}

bool IsPicture(const std::string& name) { return EndsLike(name, {".png", ".jpg", ".jpeg"}); }

bool IsForeignPicture(const std::string& name) {
  return EndsLike(name, {".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".heic",
                         ".heif", ".avif", ".jxl", ".jp2", ".svg"});
}

struct Entry {
  std::string name;
  bool is_folder = false;
  bool is_file = false;
  std::uintmax_t size = 0;  // of a file
};

[[noreturn]] void FailToLook(const std::string& path, const std::error_code& status) {
  throw DataError(fmt::format("cannot look into {}: {}", path, status.message()));
}

Entry Look(const fs::directory_entry& found, const std::string& folder) {
  Entry entry;
  entry.name = found.path().filename();
  if (!IsPlainText(entry.name)) {
    throw DataError(
        fmt::format("{}: expected names in UTF-8 without control characters, found '{}'; rename it",
                    folder, Printable(entry.name)));
  }
  std::error_code status;
  const fs::file_status type = found.status(status);
  entry.is_folder = fs::is_directory(type);
  entry.is_file = fs::is_regular_file(type);
  if (entry.is_file) entry.size = found.file_size(status);
  const bool matters = entry.is_folder || IsPicture(entry.name) || found.is_symlink();
  if (status && matters) FailToLook(folder + "/" + entry.name, status);
  return entry;
}

// What does not begin with a dot, in the order of the names' bytes.
std::vector<Entry> Entries(const std::string& folder) {
  std::vector<Entry> entries;
  std::error_code status;
  fs::directory_iterator found(folder, status);
  for (; !status && found != end(found); found.increment(status)) {
    if (found->path().filename().string().starts_with('.')) continue;
    entries.push_back(Look(*found, folder));
    if (entries.size() > static_cast<std::size_t>(kMostSetImages)) {
      throw DataError(
          fmt::format("{}: expected at most {} pictures, found more", folder, kMostSetImages));
    }
  }
  if (status) FailToLook(folder, status);
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

void AddClass(const std::string& name, Listing& listing) {
  const std::string folder = fmt::format("{}/{}", listing.path, name);
  const std::size_t before = listing.pictures.size();
  for (const Entry& entry : Entries(folder)) {
    const std::string path = fmt::format("{}/{}", folder, entry.name);
    if (entry.is_folder) {
      throw DataError(
          fmt::format("{}: expected pictures directly in {}, found a folder; move its "
                      "pictures up",
                      path, folder));
    }
    if (IsForeignPicture(entry.name)) {
      throw DataError(
          fmt::format("{}: expected PNG and JPEG pictures, found one that normlab does "
                      "not read; convert it",
                      path));
    }
    if (!IsPicture(entry.name)) continue;
    if (!entry.is_file) throw DataError(fmt::format("{}: expected a file, found none", path));
    const std::string below = fmt::format("{}/{}", name, entry.name);
    listing.pictures.push_back({below, static_cast<std::uint8_t>(listing.classes.size())});
    listing.sizes += fmt::format("{} {}\n", entry.size, below);
  }
  if (listing.pictures.size() == before) {
    throw DataError(
        fmt::format("{}: expected .png, .jpg or .jpeg pictures, found none; a class needs at least "
                    "one",
                    folder));
  }
  listing.classes.push_back(name);
}

Listing ListSplit(const std::string& path) {
  Listing listing;
  listing.path = path;
  for (const Entry& entry : Entries(path)) {
    if (entry.is_folder) {
      if (listing.classes.size() == kMostClasses) {
        throw DataError(
            fmt::format("{}: expected at most {} classes, found more", path, kMostClasses));
      }
      AddClass(entry.name, listing);
    } else if (IsPicture(entry.name)) {
      throw DataError(
          fmt::format("{}/{}: expected a folder for each class, found a picture beside "
                      "them; move it into its class",
                      path, entry.name));
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
  return {spec.name,
          spec.title,
          spec.shape,
          static_cast<int>(train.classes.size()),
          static_cast<int>(train.pictures.size()),
          static_cast<int>(test.pictures.size()),
          Sha256(train.sizes + "\n" + test.sizes)};
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

}  // namespace normlab
