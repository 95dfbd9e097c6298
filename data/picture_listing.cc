#include "data/picture_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "base/error.h"
#include "data/dataset_spec.h"
#include "data/exif_orientation.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using Kind = FolderEntry::Kind;

void LookAtFile(const fs::directory_entry& found, FolderEntry& entry) {
  std::error_code status;
  entry.size = found.file_size(status);
  FileBytes file(found.path().string());
  entry.file = KindOfFile(file);
  const bool broken = entry.file.use == FileUse::kOther && IsPictureName(entry.name);
  const bool picture = entry.file.use == FileUse::kPicture;
  entry.kind = broken || picture ? Kind::kPicture : Kind::kOther;
  if (picture) entry.orientation = ExifOrientation(file);
}

FolderEntry Look(const fs::directory_entry& found) {
  FolderEntry entry;
  entry.name = found.path().filename();
  std::error_code status;
  const fs::file_status type = found.status(status);
  if (fs::is_directory(type)) {
    entry.kind = Kind::kFolder;
  } else if (fs::is_regular_file(type)) {
    LookAtFile(found, entry);
  } else if (!fs::exists(type)) {
    entry.kind = Kind::kUnreachable;
    entry.problem = status.message();
  } else {
    entry.kind = Kind::kSpecial;
  }
  return entry;
}

// Whether `is_it` says so of an entry; those after it are not looked at.
bool FindEntry(const std::string& folder, const std::function<bool(const FolderEntry&)>& is_it) {
  std::error_code status;
  fs::directory_iterator found(folder, status);
  for (; !status && found != end(found); found.increment(status)) {
    if (!IsLitter(found->path().filename().string()) && is_it(Look(*found))) return true;
  }
  return false;
}

}  // namespace

std::vector<FolderEntry> ListPictureFolder(const std::string& folder) {
  std::vector<FolderEntry> entries;
  std::error_code status;
  fs::directory_iterator found(folder, status);
  for (; !status && found != end(found); found.increment(status)) {
    if (IsLitter(found->path().filename().string())) continue;
    entries.push_back(Look(*found));
    if (entries.size() > static_cast<std::size_t>(kMostSetImages)) {
      throw DataError(
          fmt::format("{}: expected at most {} pictures, found more", folder, kMostSetImages));
    }
  }
  if (status) throw DataError(fmt::format("cannot look into {}: {}", folder, status.message()));
  std::ranges::sort(entries, {}, &FolderEntry::name);
  return entries;
}

std::vector<std::string> FoldersIn(const std::string& folder) {
  std::vector<std::string> folders;
  FindEntry(folder, [&](const FolderEntry& entry) {
    if (entry.kind == Kind::kFolder) folders.push_back(fmt::format("{}/{}", folder, entry.name));
    return false;
  });
  return folders;
}

bool HoldsPicture(const std::string& folder) {
  return FindEntry(folder, [](const FolderEntry& entry) { return entry.kind == Kind::kPicture; });
}

}  // namespace normlab
