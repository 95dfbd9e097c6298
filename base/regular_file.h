// Files that are opened without waiting: what stands at a path may be a FIFO that nobody writes to.
#pragma once

#include <cstdint>
#include <string>

#include "base/descriptor.h"

namespace normlab {

// "a folder", "a FIFO", "a socket", "a device": what the open file is; empty where it is a regular
// one. Fails as "no regular file" where the system does not tell.
std::string NotRegular(int descriptor);

// The same of what stands at `path`, a link's target; empty also where nothing does.
std::string NotRegularAt(const std::string& path);

// A regular file, from its beginning to where it is read.
class RegularFile {
 public:
  // Throws DataError naming the path and the reason: it is not there, may not be read, or is no
  // regular file.
  explicit RegularFile(const std::string& path);

  std::uint64_t size() const { return size_; }  // when it was opened
  std::uint64_t position() const { return position_; }
  void Seek(std::uint64_t position);
  // At most so many bytes; fewer where the file ends. Throws DataError naming the reason.
  std::string Read(std::uint64_t most);

 private:
  std::uint64_t Left() const { return size_ > position_ ? size_ - position_ : 0; }

  std::string path_;
  Descriptor descriptor_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
};

}  // namespace normlab
