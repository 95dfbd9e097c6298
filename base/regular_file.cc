#include "base/regular_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/printable.h"
#include "base/system_advice.h"

namespace normlab {
namespace {

constexpr std::uint64_t kLeastChunk = std::uint64_t{1} << 12, kMostChunk = std::uint64_t{1} << 20;
// What a file system says of a size may be wrong, or another one by now.
constexpr std::uint64_t kMostReserved = std::uint64_t{1} << 30;

std::string NameOf(mode_t mode) {
  if (S_ISREG(mode)) return "";
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

[[noreturn]] void Refuse(const std::string& path, const std::string& why) {
  throw DataError(fmt::format("cannot read {}: {}", Printable(path, 4096), why));
}

[[noreturn]] void RefuseKind(const std::string& path, const std::string& what) {
  Refuse(path, fmt::format("it is {}, not a regular file", what));
}

}  // namespace

std::string NotRegular(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 ? NameOf(status.st_mode) : "no regular file";
}

std::string NotRegularAt(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? NameOf(status.st_mode) : "";
}

// Asked before as well: opening a device may have effects, and a socket cannot be opened at all.
RegularFile::RegularFile(const std::string& path) : path_(path), descriptor_(-1) {
  if (const std::string what = NotRegularAt(path); !what.empty()) RefuseKind(path, what);
  descriptor_ = Descriptor(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (descriptor_.get() < 0) Refuse(path, SystemReason(errno));
  if (const std::string what = NotRegular(descriptor_.get()); !what.empty()) RefuseKind(path, what);
  struct stat status {};
  if (fstat(descriptor_.get(), &status) != 0) Refuse(path, SystemReason(errno));
  size_ = static_cast<std::uint64_t>(status.st_size);
}

void RegularFile::Seek(std::uint64_t position) {
  if (lseek(descriptor_.get(), static_cast<off_t>(position), SEEK_SET) < 0) {
    Refuse(path_, SystemReason(errno));
  }
  position_ = position;
}

std::string RegularFile::Read(std::uint64_t most) {
  std::string bytes;
  bytes.reserve(std::min({most, Left() + kLeastChunk, kMostReserved}));
  while (bytes.size() < most) {
    const std::size_t before = bytes.size();
    const std::uint64_t wanted =
        std::min(std::clamp(Left(), kLeastChunk, kMostChunk), most - before);
    bytes.resize(before + wanted);
    const ssize_t count = read(descriptor_.get(), bytes.data() + before, wanted);
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) Refuse(path_, SystemReason(errno));
    if (count == 0) break;
    position_ += static_cast<std::uint64_t>(count);
  }
  return bytes;
}

}  // namespace normlab
