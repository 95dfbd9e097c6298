#include "data/folder_splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "data/image_folder.h"
#include "data/look_alike.h"
#include "data/split_draw.h"
#include "data/unsplit_folder.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

bool IsFolder(const std::string& path) {
  std::error_code status;
  return fs::is_directory(path, status);
}

void CheckCount(const ClassFolders& train) {
  if (train.classes.size() >= 2) return;
  throw DataError(fmt::format("{}: expected a folder for each of at least two classes, found {}",
                              train.path, train.classes.empty() ? "none" : "one"));
}

[[noreturn]] void RefuseClass(const ClassFolders& train, const ClassFolders& test,
                              const std::string& name) {
  for (const std::string& known : train.classes) {
    if (!DifferOnlyInComposition(name, known)) continue;
    throw DataError(fmt::format(
        "{}/{}: expected the very name of {}/{}, found one that looks the same and has other "
        "bytes: one of the two is composed Unicode (NFC, as on Linux and Windows), the other "
        "decomposed (NFD, as from macOS); rename one of the folders as the other is called",
        test.path, name, train.path, known));
  }
  throw DataError(fmt::format("{}/{}: expected only the classes of {}, which has no '{}'",
                              test.path, name, train.path, name));
}

void CheckClasses(const ClassFolders& train, const ClassFolders& test) {
  CheckCount(train);
  for (const std::string& name : test.classes) {
    if (std::ranges::find(train.classes, name) == train.classes.end()) {
      RefuseClass(train, test, name);
    }
  }
  for (const std::string& name : train.classes) {
    if (std::ranges::find(test.classes, name) == test.classes.end()) {
      throw DataError(fmt::format("{}: expected pictures of every class of {}, found none of '{}'",
                                  test.path, train.path, name));
    }
  }
}

std::string NeedTest(const std::string& folder) {
  if (IsFolder(folder + "/test")) return folder + "/test";
  const std::string other = OtherTest(folder);
  if (!other.empty()) return fmt::format("{}/{}", folder, other);
  throw DataError(fmt::format(
      "{}: expected the folder test/ with a folder of pictures for each class, found none",
      folder));
}

ListedSplit SplitOf(ClassFolders&& folders) {
  return {folders.path, folders.path, std::move(folders.pictures)};
}

ListedFolder ListSplits(const std::string& folder) {
  ClassFolders train = ListClassFolders(folder + "/train"),
               test = ListClassFolders(NeedTest(folder));
  CheckClasses(train, test);
  ListedFolder listed;
  listed.classes = train.classes;
  listed.passed_over = train.passed_over;
  AddPassedOver(test.passed_over, listed.passed_over);
  listed.train = SplitOf(std::move(train));
  listed.test = SplitOf(std::move(test));
  return listed;
}

void CheckEnoughToDraw(const ClassFolders& folders) {
  std::vector<std::size_t> counts(folders.classes.size());
  for (const ListedPicture& each : folders.pictures) ++counts[each.picture.label];
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] > 1) continue;
    throw DataError(fmt::format(
        "{}/{}: expected at least two pictures, one to train on and one to test on, found one; "
        "add another, or make train/ and test/ yourself",
        folders.path, folders.classes[c]));
  }
}

ListedFolder DrawSplits(const std::string& folder) {
  CheckUnsplit(folder);
  const ClassFolders all = ListClassFolders(folder);
  CheckCount(all);
  CheckEnoughToDraw(all);
  ListedFolder listed;
  listed.classes = all.classes;
  listed.passed_over = all.passed_over;
  listed.notes.drawn_split = DrawnSplit();
  listed.train = {folder, folder + "!train", {}};
  listed.test = {folder, folder + "!test", {}};
  std::vector<std::uint8_t> labels;
  for (const ListedPicture& each : all.pictures) labels.push_back(each.picture.label);
  const std::vector<bool> tested = DrawTestPictures(labels, *listed.notes.drawn_split);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    (tested[i] ? listed.test : listed.train).pictures.push_back(all.pictures[i]);
  }
  return listed;
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

}  // namespace

ListedFolder ListFolder(const DatasetSpec& spec) {
  ListedFolder listed =
      IsFolder(spec.path + "/train") ? ListSplits(spec.path) : DrawSplits(spec.path);
  CheckMemory(spec, listed.train.pictures.size() + listed.test.pictures.size());
  for (const ListedSplit* split : {&listed.train, &listed.test}) {
    listed.notes.turned_pictures += static_cast<std::size_t>(std::ranges::count_if(
        split->pictures, [](const ListedPicture& each) { return each.orientation != 1; }));
  }
  return listed;
}

}  // namespace normlab
