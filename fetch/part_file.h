// A download that is not whole yet: NAME.part, locked while it grows, and NAME.part.from, which
// says what it is a part of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/descriptor.h"

namespace normlab {

// Which version of which file the bytes are.
struct PartOrigin {
  std::string url;
  std::string validator;  // HttpAnswer's
};

class PartFile {
 public:
  // Opens or makes TARGET.part. Throws RunError when it cannot be written, or when another process
  // is at it.
  explicit PartFile(std::string target);
  // Removes an empty part; others stay for the next time.
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  const std::string& warning() const { return warning_; }  // empty: it is locked
  const PartOrigin& origin() const { return origin_; }     // empty when the part is

  void Append(std::string_view bytes);
  void Restart(const PartOrigin& origin);  // empty again, of this origin
  // Flushes, and renames to the target, replacing what is there.
  void Finish();

 private:
  [[noreturn]] void Fail(const char* doing) const;
  void ReadOrigin();

  std::string target_, path_, origin_path_, warning_;
  Descriptor file_;
  std::uint64_t size_ = 0;
  PartOrigin origin_;
};

}  // namespace normlab
