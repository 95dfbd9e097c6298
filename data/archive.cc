#include "data/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/error.h"
#include "base/printable.h"
#include "base/system_advice.h"

namespace normlab {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 16;

struct Closer {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, Closer>;

[[noreturn]] void FailDamaged(archive* reader, const std::string& path) {
  const int error = archive_errno(reader);
  throw DataError(
      error == EACCES || error == ENOENT
          ? fmt::format("cannot read {}: {}", path, SystemReason(error))
          : fmt::format("{}: the archive is damaged or ends early; get the file again", path));
}

Reader Open(const std::string& path) {
  Reader reader(archive_read_new());
  if (!reader) throw RunError("libarchive cannot start: out of memory");
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), kBlock) != ARCHIVE_OK) {
    FailDamaged(reader.get(), path);
  }
  return reader;
}

std::string ReadMember(archive* reader, const std::string& path, std::string_view name) {
  std::string bytes;
  std::vector<char> block(kBlock);
  while (true) {
    const la_ssize_t count = archive_read_data(reader, block.data(), block.size());
    if (count == 0) return bytes;
    if (count < 0) FailDamaged(reader, path);
    bytes.append(block.data(), static_cast<std::size_t>(count));
    if (bytes.size() > kLargestMember) {
      throw DataError(
          fmt::format("{}!{}: expected at most {} bytes, found more; it is not of this "
                      "data set",
                      path, name, kLargestMember));
    }
  }
}

std::string_view MemberName(archive_entry* entry) {
  const char* raw = archive_entry_pathname(entry);
  std::string_view name = raw ? raw : "";
  while (name.starts_with("./")) name.remove_prefix(2);
  return name;
}

void CheckComplete(const std::string& path, const std::vector<std::string>& names,
                   const std::vector<bool>& seen, const std::string& first) {
  const auto missing = std::find(seen.begin(), seen.end(), false);
  if (missing == seen.end()) return;
  const std::string found = first.empty()
                                ? "an empty archive"
                                : fmt::format("an archive that starts with {}", Printable(first));
  throw DataError(fmt::format("{}: expected the member {}, found {} without it; get the file again",
                              path, names[static_cast<std::size_t>(missing - seen.begin())],
                              found));
}

}  // namespace

void ReadArchive(const std::string& path, const std::vector<std::string>& names,
                 const std::function<void(std::size_t, std::string_view)>& visit,
                 std::size_t optional) {
  const Reader reader = Open(path);
  std::vector<bool> seen(names.size(), false);
  std::string first;
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(reader.get(), &entry)) != ARCHIVE_EOF) {
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) FailDamaged(reader.get(), path);
    const std::string name(MemberName(entry));
    if (first.empty()) first = name;
    const auto wanted = std::find(names.begin(), names.end(), name);
    if (wanted == names.end() || archive_entry_filetype(entry) != AE_IFREG) continue;
    const auto index = static_cast<std::size_t>(wanted - names.begin());
    if (seen[index]) {
      throw DataError(fmt::format("{}: expected the member {} once, found it twice", path, name));
    }
    seen[index] = true;
    visit(index, ReadMember(reader.get(), path, name));
  }
  std::fill(seen.end() - static_cast<std::ptrdiff_t>(optional), seen.end(), true);
  CheckComplete(path, names, seen, first);
}

}  // namespace normlab
