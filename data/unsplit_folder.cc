#include "data/unsplit_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/picture_listing.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using Kind = FolderEntry::Kind;

constexpr std::string_view kExpected =
    "expected the folder train/ with a folder of pictures for each class, or without it a folder "
    "of pictures for each class";

bool IsOneOf(const std::string& name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, std::string_view(name)) != names.end();
}

// Parts of a split are no classes: what is called test/ would be guessed at.
void CheckParts(const std::string& folder, const std::vector<std::string>& folders) {
  for (const std::string& name : folders) {
    if (IsOneOf(Lowered(name), {"train", "training"})) {
      throw DataError(fmt::format("{}: expected the folder train/, found {}/; rename it to train",
                                  folder, name));
    }
  }
  for (const std::string& name : folders) {
    if (IsOneOf(Lowered(name), {"test", "testing", "val", "valid", "validation"})) {
      throw DataError(fmt::format(
          "{}: expected the folder train/ beside {}/, found none; put what is to be trained on "
          "there, a folder for each class, or take {}/ away for a folder of classes",
          folder, name, name));
    }
  }
}

[[noreturn]] void Refuse(const std::string& folder, const std::vector<FolderEntry>& entries) {
  for (const FolderEntry& entry : entries) {
    if (entry.kind == Kind::kPicture) {
      throw DataError(fmt::format(
          "{}: {}, found pictures without one, such as {}: nothing tells their class; put each "
          "into a folder that is called as its class",
          folder, kExpected, entry.name));
    }
    const std::string path = fmt::format("{}/{}", folder, entry.name);
    std::error_code status;
    if (entry.kind != Kind::kFolder) continue;
    if (fs::is_directory(path + "/train", status)) {
      throw DataError(
          fmt::format("{}: {}, found train/ in {}; say folder:{}", folder, kExpected, path, path));
    }
    if (std::ranges::any_of(FoldersIn(path), HoldsPicture)) {
      throw DataError(fmt::format(
          "{}: {}, found folders of pictures in {}; if these are the classes, say folder:{}",
          folder, kExpected, path, path));
    }
  }
  throw DataError(fmt::format("{}: {}, found neither", folder, kExpected));
}

}  // namespace

void CheckUnsplit(const std::string& folder) {
  std::error_code status;
  if (!fs::is_directory(folder, status)) {
    throw DataError(fmt::format("{}: {}, found none: there is no such folder", folder, kExpected));
  }
  const std::vector<FolderEntry> entries = ListPictureFolder(folder);
  std::vector<std::string> folders;
  for (const FolderEntry& entry : entries) {
    if (entry.kind == Kind::kFolder) folders.push_back(entry.name);
  }
  CheckParts(folder, folders);
  const bool any = std::ranges::any_of(folders, [&](const std::string& name) {
    return HoldsPicture(fmt::format("{}/{}", folder, name));
  });
  if (!any) Refuse(folder, entries);
}

}  // namespace normlab
