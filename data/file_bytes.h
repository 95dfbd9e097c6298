// The bytes of a file at any place, read as they are asked for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/descriptor.h"

namespace normlab {

class FileBytes {
 public:
  // Requires a regular file; one that cannot be opened is unreadable() and has no bytes.
  explicit FileBytes(const std::string& path);
  // Of a file that is in memory, and stays there.
  explicit FileBytes(std::string_view whole) : file_(-1), seen_(whole) {}

  bool unreadable() const { return unreadable_; }

  // Up to `count` bytes, at most kMostBytes, from `offset` on; fewer only where the file ends or
  // cannot be read. They stay until the next call.
  std::string_view At(std::uint64_t offset, std::size_t count);

  static constexpr std::size_t kMostBytes = 512;

 private:
  void See(std::uint64_t offset, std::size_t count);

  const Descriptor file_;  // of none: all is seen
  bool unreadable_ = false;
  std::array<char, 4096> buffer_;
  std::uint64_t first_ = 0;  // the offset of what is seen
  std::string_view seen_;
};

}  // namespace normlab
