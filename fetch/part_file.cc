#include "fetch/part_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <sstream>

#include "base/disk.h"
#include "base/error.h"
#include "base/file.h"
#include "base/regular_file.h"
#include "base/system_advice.h"

namespace normlab {
namespace {

constexpr std::uint64_t kLongestOrigin = 65536;

// The process that held the lock may have renamed or removed the file while this one waited for it.
bool IsStillCalled(int file, const std::string& path) {
  struct stat opened {
  }, named{};
  return fstat(file, &opened) == 0 && stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

void CheckRegular(int file, const std::string& path) {
  struct stat status {};
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    throw RunError(fmt::format("cannot write {}: it is there and is no regular file", path));
  }
}

Descriptor OpenLocked(const std::string& path, std::string& warning) {
  while (true) {
    Descriptor file(
        open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644));
    if (file.get() < 0) {
      throw RunError(fmt::format("cannot write {}: {}", path, SystemReason(errno)));
    }
    CheckRegular(file.get(), path);
    switch (TryLock(file.get())) {
      case LockEnd::kHeldByAnother:
        throw RunError(
            fmt::format("another fetch is writing {}: wait until it has ended, or stop it", path));
      case LockEnd::kNotOffered:
        warning = NoLocks(path);
        break;
      case LockEnd::kLocked:
        break;
    }
    if (IsStillCalled(file.get(), path)) return file;
  }
}

}  // namespace

PartFile::PartFile(std::string target)
    : target_(std::move(target)),
      path_(target_ + ".part"),
      origin_path_(path_ + ".from"),
      file_(OpenLocked(path_, warning_)) {
  const off_t end = lseek(file_.get(), 0, SEEK_END);
  if (end < 0) Fail("read");
  size_ = static_cast<std::uint64_t>(end);
  if (size_ > 0) ReadOrigin();
}

PartFile::~PartFile() {
  if (size_ > 0 || file_.get() < 0) return;
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  std::filesystem::remove(origin_path_, ignored);
}

void PartFile::Fail(const char* doing) const {
  throw RunError(fmt::format("cannot {} {}: {}", doing, path_, SystemReason(errno)));
}

// Bytes of unknown origin are of no use: what a crash or another program has left is started over.
void PartFile::ReadOrigin() {
  try {
    std::istringstream lines(RegularFile(origin_path_).Read(kLongestOrigin));
    std::getline(lines, origin_.url);
    std::getline(lines, origin_.validator);
  } catch (const DataError&) {  // as bytes of unknown origin
  }
}

void PartFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) Fail("write");
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void PartFile::Restart(const PartOrigin& origin) {
  if (ftruncate(file_.get(), 0) != 0 || lseek(file_.get(), 0, SEEK_SET) < 0) Fail("empty");
  size_ = 0;
  origin_ = origin;
  WriteFile(origin_path_, fmt::format("{}\n{}\n", origin.url, origin.validator));
}

void PartFile::Finish() {
  if (Flush(file_.get()) != 0) Fail("flush");
  if (rename(path_.c_str(), target_.c_str()) != 0) Fail("rename");
  FlushFolder(target_);
  std::error_code ignored;
  std::filesystem::remove(origin_path_, ignored);
  if (file_.Close() != 0) Fail("close");
}

}  // namespace normlab
