#include "data/file_bytes.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>

namespace normlab {

FileBytes::FileBytes(const std::string& path)
    : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  // What tells a file's kind lies at its beginning, and so does mostly what a camera notes.
  See(0, buffer_.size());
}

void FileBytes::See(std::uint64_t offset, std::size_t count) {
  const ssize_t got = pread(file_.get(), buffer_.data(), count, static_cast<off_t>(offset));
  unreadable_ |= got < 0;
  first_ = offset;
  seen_ = {buffer_.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

std::string_view FileBytes::At(std::uint64_t offset, std::size_t count) {
  assert(count <= kMostBytes);
  const bool seen = offset >= first_ && offset - first_ <= seen_.size() &&
                    seen_.size() - (offset - first_) >= count;
  constexpr std::uint64_t kLargestOffset = std::uint64_t{1} << 62;
  if (!seen && file_.get() >= 0 && offset < kLargestOffset) See(offset, kMostBytes);
  if (offset < first_ || offset - first_ >= seen_.size()) return {};
  return seen_.substr(static_cast<std::size_t>(offset - first_), count);
}

}  // namespace normlab
