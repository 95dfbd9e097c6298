#include "fetch/content.h"

#include <fmt/format.h>

#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "data/archive.h"
#include "data/cifar.h"
#include "data/cifar100.h"
#include "data/gunzip.h"
#include "data/published.h"

namespace normlab {
namespace {

bool LooksLikeWebPage(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && bytes[first] == '<';
}

std::string Difference(std::string_view name, std::string_view expected, const std::string& found) {
  return fmt::format("expected {} with the SHA-256 {}, found {}", name, expected, found);
}

void CheckIdx(const DownloadSource& source, const PublishedDownload& file,
              const std::string& path) {
  std::string_view name = file.name;
  if (name.ends_with(".gz")) name.remove_suffix(3);
  const std::string_view expected = PublishedChecksum(source.dataset, name);
  std::string bytes = ReadWholeFile(path);
  if (IsGzip(bytes)) bytes = Gunzip(bytes, path, file.raw);
  const std::string found = Sha256(bytes);
  if (found == expected) return;
  throw DataError(Difference(name, expected, LooksLikeWebPage(bytes) ? "a web page" : found));
}

void CheckMembers(const DownloadSource& source, std::string_view folder,
                  const std::vector<std::string>& files, const std::string& path) {
  std::vector<std::string> names;
  for (const std::string& name : files) names.push_back(fmt::format("{}/{}", folder, name));
  ReadArchive(path, names, [&](std::size_t index, std::string_view bytes) {
    const std::string_view expected = PublishedChecksum(source.dataset, files[index]);
    const std::string found = Sha256(bytes);
    if (found != expected) throw DataError(Difference(names[index], expected, found));
  });
}

void CheckCifar(const DownloadSource& source, const PublishedDownload& file,
                const std::string& path) {
  constexpr CifarRelease kBinary = CifarRelease::kBinary;
  {
    const std::string bytes = ReadWholeFile(path);
    if (LooksLikeWebPage(bytes)) throw DataError("expected an archive, found a web page");
    if (Sha256(bytes) == file.packed_sha256) return;
  }
  if (source.dataset == "cifar10") {
    CheckMembers(source, CifarFolder(kBinary), CifarFiles(kBinary), path);
  } else {
    CheckMembers(source, Cifar100Folder(kBinary), Cifar100Files(kBinary), path);
  }
}

}  // namespace

std::string ContentProblem(const DownloadSource& source, const PublishedDownload& file,
                           const std::string& path) {
  try {
    if (file.name.ends_with(".tar.gz")) {
      CheckCifar(source, file, path);
    } else {
      CheckIdx(source, file, path);
    }
    return "";
  } catch (const DataError& error) {
    return error.what();
  }
}

}  // namespace normlab
