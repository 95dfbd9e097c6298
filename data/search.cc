#include "data/search.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/home.h"
#include "base/system_advice.h"
#include "base/text.h"
#include "data/cifar.h"
#include "data/cifar100.h"
#include "data/idx.h"

namespace normlab {
namespace {

struct Place {
  std::string_view name;  // below a root; "" is the root itself
  Layout layout;
};

// torchvision's layout, the plain folder, the files themselves.
std::vector<Place> Places(std::string_view dataset) {
  if (dataset == "mnist") {
    return {
        {"MNIST/raw", Layout::kIdxFolder}, {"mnist", Layout::kIdxFolder}, {"", Layout::kIdxFolder}};
  }
  if (dataset == "fashion-mnist") {
    return {{"FashionMNIST/raw", Layout::kIdxFolder},
            {"fashion-mnist", Layout::kIdxFolder},
            {"", Layout::kIdxFolder}};
  }
  if (dataset.starts_with("cifar100")) {
    return {{"cifar-100-binary", Layout::kCifar100BinaryFolder},
            {"cifar-100-binary.tar.gz", Layout::kCifar100BinaryArchive},
            {"cifar-100-python", Layout::kCifar100PythonFolder},
            {"cifar-100-python.tar.gz", Layout::kCifar100PythonArchive},
            {"", Layout::kCifar100BinaryFolder},
            {"", Layout::kCifar100PythonFolder}};
  }
  return {{"cifar-10-batches-bin", Layout::kCifarBinaryFolder},
          {"cifar-10-binary.tar.gz", Layout::kCifarBinaryArchive},
          {"cifar-10-batches-py", Layout::kCifarPythonFolder},
          {"cifar-10-python.tar.gz", Layout::kCifarPythonArchive},
          {"cifar-10-batches-py.tar.gz", Layout::kCifarPythonArchive},  // Keras's name for it
          {"", Layout::kCifarBinaryFolder},
          {"", Layout::kCifarPythonFolder}};
}

bool IsArchive(Layout layout) {
  return layout == Layout::kCifarBinaryArchive || layout == Layout::kCifarPythonArchive ||
         layout == Layout::kCifar100BinaryArchive || layout == Layout::kCifar100PythonArchive;
}

// The files of the set that a place of this layout holds when it is complete, without .gz.
std::vector<std::string> WantedFiles(const std::string& path, Layout layout) {
  switch (layout) {
    case Layout::kIdxFolder:
      return IdxFiles();
    case Layout::kCifarBinaryFolder:
      return CifarFiles(CifarRelease::kBinary);
    case Layout::kCifarPythonFolder:
      return CifarFiles(CifarRelease::kPython);
    case Layout::kCifar100BinaryFolder:
      return Cifar100Files(CifarRelease::kBinary);
    case Layout::kCifar100PythonFolder:
      return Cifar100Files(CifarRelease::kPython);
    case Layout::kCifarBinaryArchive:
    case Layout::kCifarPythonArchive:
    case Layout::kCifar100BinaryArchive:
    case Layout::kCifar100PythonArchive:
      return {std::filesystem::path(path).filename()};
  }
  return {};
}

std::vector<std::string> FilesAt(const std::string& path, Layout layout) {
  std::vector<std::string> files;
  for (const std::string& name : WantedFiles(path, layout)) {
    std::error_code status;
    const std::string file = IsArchive(layout)              ? path
                             : layout == Layout::kIdxFolder ? FindIdxFile(path, name)
                                                            : fmt::format("{}/{}", path, name);
    if (!std::filesystem::is_regular_file(file, status)) continue;
    files.push_back(std::filesystem::path(file).filename());
  }
  return files;
}

// A folder that the user named but may not enter would look empty.
void CheckReadable(const std::string& path, const SearchRoot& root) {
  std::error_code status;
  std::filesystem::directory_iterator(path, status);
  if (root.named && status == std::errc::permission_denied) {
    throw DataError(
        fmt::format("cannot look into {} (from {}): {}", path, root.origin, SystemReason(status)));
  }
}

std::string PathOf(const Place& place, const SearchRoot& root) {
  return place.name.empty() ? root.path : fmt::format("{}/{}", root.path, place.name);
}

std::optional<FoundDataset> FindBelow(const SearchRoot& root, const DatasetInfo& info) {
  CheckReadable(root.path, root);
  for (const Place& place : Places(info.name)) {
    const std::string path = PathOf(place, root);
    CheckReadable(path, root);
    if (!FilesAt(path, place.layout).empty()) return FoundDataset{path, place.layout, root};
  }
  return std::nullopt;
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// The XDG base directory specification: unset, empty and relative mean the default below HOME.
std::string XdgFolder(const char* variable, std::string_view below_home) {
  std::string folder = Variable(variable);
  if (!folder.starts_with('/')) {
    const std::string home = Variable("HOME");
    folder = home.empty() ? "" : fmt::format("{}/{}", home, below_home);
  }
  return folder.empty() ? "" : folder + "/normlab";
}

std::string WhatToDo(const DatasetInfo& info) {
  if (info.name == "fashion-mnist") {
    return "install Debian's package dataset-fashion-mnist, or name its folder with --data-dir or "
           "NORMLAB_DATA";
  }
  if (info.name == "mnist") {
    return "put the four official files into a folder and name it with --data-dir or NORMLAB_DATA";
  }
  return fmt::format(
      "put {0}-binary.tar.gz or {0}-python.tar.gz into a folder and name it with "
      "--data-dir or NORMLAB_DATA",
      info.name == "cifar10" ? "cifar-10" : "cifar-100");
}

std::string Wanted(const DatasetInfo& info) {
  std::vector<std::string> names;
  for (const Place& place : Places(info.name)) {
    if (!place.name.empty()) names.emplace_back(place.name);
  }
  return Join(names) + (info.name == "cifar10"              ? " or the batches themselves"
                        : info.name.starts_with("cifar100") ? " or their files themselves"
                                                            : " or the files themselves "
                                                              "(train-images-idx3-ubyte, plain or "
                                                              ".gz, …)");
}

LookedAtRoot LookInto(const SearchRoot& root, const DatasetInfo& info) {
  LookedAtRoot looked;
  looked.root = root;
  std::error_code status;
  if (!std::filesystem::is_directory(root.path, status)) {
    looked.problem = status && status != std::errc::no_such_file_or_directory ? status.message()
                                                                              : "no such folder";
    return looked;
  }
  std::filesystem::directory_iterator(root.path, status);
  if (status) looked.problem = status.message();
  for (const Place& place : Places(info.name)) {
    const std::string path = PathOf(place, root);
    looked.places.push_back({path, place.layout, WantedFiles(path, place.layout).size(),
                             FilesAt(path, place.layout), false});
  }
  return looked;
}

}  // namespace

std::string_view LayoutName(Layout layout) {
  switch (layout) {
    case Layout::kIdxFolder:
      return "IDX files";
    case Layout::kCifarBinaryFolder:
    case Layout::kCifar100BinaryFolder:
      return "binary files";
    case Layout::kCifarPythonFolder:
    case Layout::kCifar100PythonFolder:
      return "Python's files";
    case Layout::kCifarBinaryArchive:
    case Layout::kCifar100BinaryArchive:
      return "archive of binary files";
    case Layout::kCifarPythonArchive:
    case Layout::kCifar100PythonArchive:
      return "archive of Python's files";
  }
  return "";
}

std::vector<SearchRoot> SearchRoots(const std::string& data_dir) {
  if (!data_dir.empty()) return {{data_dir, "--data-dir", true}};
  std::vector<SearchRoot> roots;
  const auto add = [&roots](const std::string& path, const std::string& origin, bool named) {
    if (!path.empty()) roots.push_back({path, origin, named});
  };
  const std::string home = Variable("HOME");
  add(ExpandHome(Variable("NORMLAB_DATA")), "NORMLAB_DATA", true);
  add("data", "the working folder", false);
  add(XdgFolder("XDG_DATA_HOME", ".local/share"), "XDG_DATA_HOME", false);
  add(XdgFolder("XDG_CACHE_HOME", ".cache"), "XDG_CACHE_HOME", false);
  add(home.empty() ? "" : home + "/.keras/datasets", "Keras", false);
  add("/usr/share/datasets", "Debian", false);
  return roots;
}

FoundDataset FindDataset(const DatasetInfo& info, const std::string& data_dir) {
  std::vector<std::string> looked;
  for (const SearchRoot& root : SearchRoots(data_dir)) {
    if (const std::optional<FoundDataset> found = FindBelow(root, info)) return *found;
    std::error_code status;
    const bool folder = std::filesystem::is_directory(root.path, status);
    std::string place = root.named ? fmt::format("{} {}", root.origin, root.path) : root.path;
    if (root.named && !folder) place += " (no such folder)";
    looked.push_back(place);
  }
  throw DataError(
      fmt::format("{} was not found: looked in {} for {}; {}; or: normlab data fetch {} (normlab "
                  "doctor tells which are here)",
                  info.title, Join(looked), Wanted(info), WhatToDo(info), info.name));
}

SearchReport ReportSearch(const DatasetInfo& info, const std::string& data_dir) {
  SearchReport report;
  for (const SearchRoot& root : SearchRoots(data_dir)) report.roots.push_back(LookInto(root, info));
  try {
    const FoundDataset taken = FindDataset(info, data_dir);
    for (LookedAtRoot& looked : report.roots) {
      for (LookedAt& place : looked.places) {
        place.taken = looked.root.origin == taken.root.origin && place.path == taken.path &&
                      place.layout == taken.layout;
      }
    }
  } catch (const DataError& error) {
    report.problem = error.what();
  }
  return report;
}

}  // namespace normlab
