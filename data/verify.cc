#include "data/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/file.h"
#include "data/archive.h"
#include "data/cifar.h"
#include "data/cifar100.h"
#include "data/gunzip.h"
#include "data/idx.h"
#include "data/published.h"

namespace normlab {
namespace {

// Throws DataError where the bytes are not of the format.
using Parser = std::function<void(std::string_view bytes, const std::string& path)>;

VerifiedFile Broken(const std::string& path, std::string_view expected, const DataError& error) {
  return {path, FileState::kBroken, std::string(expected), "", error.what()};
}

// `read` gives the raw bytes or throws DataError.
VerifiedFile VerifyFile(const DatasetInfo& info, std::string_view name, const std::string& path,
                        const std::function<std::string()>& read, const Parser& parse) {
  const std::string expected(PublishedChecksum(info.name, name));
  std::string found;
  try {
    const std::string bytes = read();
    found = Sha256(bytes);
    if (found == expected) return {path, FileState::kOfficial, expected, found, ""};
    IdentifyFile(info.name, name, path, bytes);
    parse(bytes, path);
    const FileState state = expected.empty() ? FileState::kReadable : FileState::kOther;
    return {path, state, expected, found, ""};
  } catch (const DataError& error) {
    VerifiedFile broken = Broken(path, expected, error);
    broken.found = found;
    return broken;
  }
}

VerifiedFile Missing(const DatasetInfo& info, std::string_view name, const std::string& folder,
                     std::string_view wanted) {
  return {fmt::format("{}/{}", folder, name), FileState::kMissing,
          std::string(PublishedChecksum(info.name, name)), "",
          fmt::format("{}: expected {}, found no such file", folder, wanted)};
}

void VerifyIdxFolder(const DatasetInfo& info, Verification& verification) {
  const std::string& folder = verification.path;
  for (const std::string& name : IdxFiles()) {
    const std::string path = FindIdxFile(folder, name);
    if (path.empty()) {
      verification.files.push_back(Missing(info, name, folder, fmt::format("{0} or {0}.gz", name)));
      continue;
    }
    const Parser parse = [&](std::string_view bytes, const std::string& where) {
      name.find("images") != std::string::npos ? ParseIdxImages(bytes, where, info.shape)
                                               : ParseIdxLabels(bytes, where, info.classes);
    };
    verification.files.push_back(VerifyFile(
        info, name, path, [&] { return ReadMaybeGzip(path); }, parse));
  }
}

// What the two CIFAR sets differ in.
struct CifarLayout {
  std::string_view folder;  // in the archive
  std::vector<std::string> files;
  Parser parse;
};

CifarLayout Cifar10Layout(CifarRelease release) {
  const auto parse = [release](std::string_view bytes, const std::string& path) {
    Split split;
    release == CifarRelease::kBinary ? AppendCifarBinary(bytes, path, split)
                                     : AppendCifarPickle(bytes, path, split);
  };
  return {CifarFolder(release), CifarFiles(release), parse};
}

CifarLayout Cifar100Layout(const DatasetInfo& info, CifarRelease release) {
  const auto parse = [&info, release](std::string_view bytes, const std::string& path) {
    Split split;
    const Cifar100Labels labels = LabelsOf(info.name);
    release == CifarRelease::kBinary ? AppendCifar100Binary(bytes, path, labels, split)
                                     : AppendCifar100Pickle(bytes, path, labels, split);
  };
  return {Cifar100Folder(release), Cifar100Files(release), parse};
}

void VerifyCifarFolder(const DatasetInfo& info, const CifarLayout& layout,
                       Verification& verification) {
  const std::string& folder = verification.path;
  for (const std::string& name : layout.files) {
    const std::string path = fmt::format("{}/{}", folder, name);
    std::error_code status;
    verification.files.push_back(
        std::filesystem::is_regular_file(path, status)
            ? VerifyFile(
                  info, name, path, [&] { return ReadWholeFile(path); }, layout.parse)
            : Missing(info, name, folder, name));
  }
}

void VerifyCifarArchive(const DatasetInfo& info, const CifarLayout& layout,
                        Verification& verification) {
  const std::string& path = verification.path;
  std::vector<std::string> names;
  for (const std::string& file : layout.files) {
    names.push_back(fmt::format("{}/{}", layout.folder, file));
  }
  try {
    ReadArchive(path, names, [&](std::size_t index, std::string_view bytes) {
      verification.files.push_back(VerifyFile(
          info, layout.files[index], fmt::format("{}!{}", path, names[index]),
          [&] { return std::string(bytes); }, layout.parse));
    });
  } catch (const DataError& error) {
    verification.files.push_back(Broken(path, "", error));
  }
}

void VerifyFiles(const DatasetInfo& info, Layout layout, Verification& verification) {
  constexpr CifarRelease kBinary = CifarRelease::kBinary, kPython = CifarRelease::kPython;
  switch (layout) {
    case Layout::kIdxFolder:
      return VerifyIdxFolder(info, verification);
    case Layout::kCifarBinaryFolder:
      return VerifyCifarFolder(info, Cifar10Layout(kBinary), verification);
    case Layout::kCifarPythonFolder:
      return VerifyCifarFolder(info, Cifar10Layout(kPython), verification);
    case Layout::kCifarBinaryArchive:
      return VerifyCifarArchive(info, Cifar10Layout(kBinary), verification);
    case Layout::kCifarPythonArchive:
      return VerifyCifarArchive(info, Cifar10Layout(kPython), verification);
    case Layout::kCifar100BinaryFolder:
      return VerifyCifarFolder(info, Cifar100Layout(info, kBinary), verification);
    case Layout::kCifar100PythonFolder:
      return VerifyCifarFolder(info, Cifar100Layout(info, kPython), verification);
    case Layout::kCifar100BinaryArchive:
      return VerifyCifarArchive(info, Cifar100Layout(info, kBinary), verification);
    case Layout::kCifar100PythonArchive:
      return VerifyCifarArchive(info, Cifar100Layout(info, kPython), verification);
  }
}

}  // namespace

std::size_t Verification::Count(FileState state) const {
  return static_cast<std::size_t>(std::count_if(
      files.begin(), files.end(), [&](const VerifiedFile& file) { return file.state == state; }));
}

Verification VerifyDataset(const DatasetInfo& info, const std::string& data_dir) {
  const FoundDataset found = FindDataset(info, data_dir);
  Verification verification = {
      found.path, found.root.origin, std::string(LayoutName(found.layout)), {}};
  VerifyFiles(info, found.layout, verification);
  const bool unread =
      verification.Count(FileState::kBroken) + verification.Count(FileState::kMissing) > 0;
  if (unread || verification.official()) return verification;
  // Files that are whole one by one may still not belong together.
  try {
    LoadDataset(info.name, data_dir);
  } catch (const DataError& error) {
    verification.files.push_back(Broken(verification.path, "", error));
  }
  return verification;
}

}  // namespace normlab
