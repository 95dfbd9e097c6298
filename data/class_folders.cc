#include "data/class_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/printable.h"
#include "data/class_list.h"
#include "data/dataset_spec.h"
#include "data/picture_listing.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using Kind = FolderEntry::Kind;

void CheckName(const FolderEntry& entry, const std::string& folder) {
  if (IsPlainText(entry.name)) return;
  throw DataError(
      fmt::format("{}: expected names in UTF-8 without control characters, found '{}'; rename it",
                  folder, Printable(entry.name)));
}

// What can be no picture and must not be taken for nothing; otherwise counts it as passed over.
void PassOver(const FolderEntry& entry, const std::string& folder, ClassFolders& listing) {
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

void AddClass(const std::string& name, ClassFolders& listing) {
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
    const Picture picture = {fmt::format("{}/{}", name, entry.name),
                             static_cast<std::uint8_t>(listing.classes.size())};
    listing.pictures.push_back({picture, entry.size, entry.orientation});
  }
  if (listing.pictures.size() == before) RefuseEmptyClass(folder, listing.passed_over);
  AddPassedOver(passed_over, listing.passed_over);
  listing.classes.push_back(name);
}

[[noreturn]] void RefuseLoosePicture(const std::string& split, const std::string& name) {
  const std::vector<FolderEntry> entries = ListPictureFolder(split);
  const bool has_classes = std::ranges::any_of(
      entries, [](const FolderEntry& entry) { return entry.kind == Kind::kFolder; });
  if (has_classes) {
    throw DataError(
        fmt::format("{}/{}: expected a folder for each class, found a picture beside them; move it "
                    "into its class",
                    split, name));
  }
  const std::string parent = fs::path(split).parent_path().string(), other = OtherTest(parent);
  throw DataError(fmt::format(
      "{}: expected a folder for each class, found pictures without one, such as {}: nothing tells "
      "their class{}",
      split, name,
      other.empty()
          ? "; put each into a folder that is called as its class"
          : fmt::format("; to be tested on {}/{} instead, rename this folder", parent, other)));
}

}  // namespace

std::string OtherTest(const std::string& folder) {
  std::error_code status;
  for (const std::string_view name : kOtherTests) {
    if (fs::is_directory(fmt::format("{}/{}", folder, name), status)) return std::string(name);
  }
  return "";
}

ClassFolders ListClassFolders(const std::string& path) {
  ClassFolders listing;
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
      RefuseLoosePicture(path, entry.name);
    } else {
      PassOver(entry, path, listing);
    }
  }
  if (listing.pictures.size() > static_cast<std::size_t>(kMostSetImages)) {
    throw DataError(fmt::format("{}: expected at most {} pictures, found {}", path, kMostSetImages,
                                listing.pictures.size()));
  }
  std::ranges::sort(
      listing.pictures, {},
      [](const ListedPicture& each) -> const auto& { return each.picture.path; });
  return listing;
}

}  // namespace normlab
