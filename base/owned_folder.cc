#include "base/owned_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/system_advice.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

constexpr char kRecord[] = ".normlab.sha256";
constexpr std::size_t kDigits = 64;

bool IsRegular(const std::string& path) {
  std::error_code status;
  return fs::symlink_status(path, status).type() == fs::file_type::regular;
}

bool IsThere(const std::string& path) {
  std::error_code status;
  return fs::exists(fs::symlink_status(path, status));
}

void MakeFolderOf(const std::string& path) { MakeFolder(fs::path(path).parent_path()); }

// "<64 digits>  <name>" a line; others are passed over.
std::map<std::string, std::set<std::string>> ReadRecord(const std::string& path) {
  std::map<std::string, std::set<std::string>> record;
  if (!IsRegular(path)) return record;
  const std::string text = ReadFile(path);
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string line = text.substr(start, end - start);
    start = end + 1;
    if (line.size() < kDigits + 3 || line.substr(kDigits, 2) != "  ") continue;
    record[line.substr(kDigits + 2)].insert(line.substr(0, kDigits));
  }
  return record;
}

}  // namespace

OwnedFolder::OwnedFolder(std::string path, Recognizer recognize, Fingerprint fingerprint)
    : path_(std::move(path)),
      recognize_(std::move(recognize)),
      fingerprint_(fingerprint),
      record_(ReadRecord(PathOf(kRecord))) {}

OwnedFolder::Owner OwnedFolder::OwnerOf(const std::string& name) const {
  const std::string path = PathOf(name);
  if (!IsThere(path)) return Owner::kNobody;
  if (!IsRegular(path)) return Owner::kUser;
  const std::string bytes = ReadFile(path);
  const auto known = record_.find(name);
  if (known != record_.end()) {
    return known->second.contains(fingerprint_(bytes)) ? Owner::kNormlab : Owner::kUser;
  }
  return recognize_ && recognize_(name, bytes) ? Owner::kUnknown : Owner::kUser;
}

void OwnedFolder::Check(const std::string& name) const {
  if (OwnerOf(name) != Owner::kUser) return;
  const bool was_ours = record_.contains(name) && IsRegular(PathOf(name));
  throw UsageError(fmt::format(
      "{} {}, so it is kept: move or remove it and run the same command again, or name another "
      "folder with --out",
      PathOf(name),
      was_ours ? "was changed since normlab wrote it" : "was not written by normlab"));
}

void OwnedFolder::Write(const std::string& name, std::string_view bytes) {
  if (!WriteWhatIsOurs({{name, std::string(bytes)}}).empty()) Check(name);
}

std::vector<std::string> OwnedFolder::WriteWhatIsOurs(const std::vector<File>& files) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> kept;
  std::vector<const File*> written;
  for (const File& file : files) {
    const std::string path = PathOf(file.name);
    MakeFolderOf(path);
    const bool same = IsRegular(path) && ReadFile(path) == file.bytes;
    const Owner owner = same ? Owner::kNormlab : OwnerOf(file.name);
    if (owner == Owner::kUser) {
      kept.push_back(file.name);
      continue;
    }
    if (owner == Owner::kUnknown) SetAside(file.name);
    MarkAsOurs(file);
    if (!same) written.push_back(&file);
  }
  if (kept.size() < files.size()) WriteRecord();
  for (const File* file : written) {
    WriteFile(PathOf(file->name), file->bytes);
    record_[file->name] = {fingerprint_(file->bytes)};  // the next record leaves the old one out
  }
  return kept;
}

void OwnedFolder::SetAside(const std::string& name) {
  if (before_.empty()) {
    std::string folder = PathOf("before");
    for (int i = 2; IsThere(folder); ++i) folder = PathOf(fmt::format("before-{}", i));
    before_ = folder;
  }
  const std::string kept = before_ + "/" + name;
  MakeFolderOf(kept);
  std::error_code status;
  fs::rename(PathOf(name), kept, status);
  if (status) {
    throw RunError(
        fmt::format("cannot move {} to {}: {}", PathOf(name), kept, SystemReason(status)));
  }
}

void OwnedFolder::WriteRecord() const {
  std::string text;
  for (const auto& [name, marks] : record_) {
    for (const std::string& mark : marks) text += fmt::format("{}  {}\n", mark, name);
  }
  WriteFile(PathOf(kRecord), text);
}

void CheckNewFile(const std::string& path, std::string_view bytes) {
  if (!IsThere(path)) return;
  if (IsRegular(path) && ReadFile(path) == bytes) return;
  throw UsageError(fmt::format(
      "{} is there already and is not what would be written; it is kept: name another file or "
      "folder, or remove it",
      path));
}

void WriteNewFile(const std::string& path, std::string_view bytes) {
  CheckNewFile(path, bytes);
  if (!IsThere(path)) WriteFile(path, bytes);
}

}  // namespace normlab
