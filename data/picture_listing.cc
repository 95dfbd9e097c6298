#include "data/picture_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "data/dataset_spec.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using Kind = FolderEntry::Kind;

void LookAtFile(const fs::directory_entry& found, FolderEntry& entry) {
  std::error_code status;
  entry.size = found.file_size(status);
  entry.file = KindOfFile(found.path());
  const bool broken = entry.file.use == FileUse::kOther && IsPictureName(entry.name);
  entry.kind = broken || entry.file.use == FileUse::kPicture ? Kind::kPicture : Kind::kOther;
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

}  // namespace normlab
