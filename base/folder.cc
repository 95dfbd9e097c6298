#include "base/folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/system_advice.h"

namespace normlab {
namespace {

[[noreturn]] void RefuseTemporary(const std::string& path, const std::string& found) {
  throw RunError(
      fmt::format("TMPDIR = {}: expected a folder for temporary files, found {}; set "
                  "TMPDIR to one that can be written",
                  path, found));
}

}  // namespace

void MakeFolder(const std::string& path) {
  std::error_code status;
  std::filesystem::create_directories(path, status);
  if (status)
    throw RunError(fmt::format("cannot make the folder {}: {}", path, SystemReason(status)));
}

std::string TemporaryPath() {
  const char* named = std::getenv("TMPDIR");
  const std::string path = named == nullptr || *named == '\0' ? "/tmp" : named;
  std::error_code status;
  if (!std::filesystem::is_directory(path, status)) {
    RefuseTemporary(path, status ? status.message() : "a file");
  }
  if (access(path.c_str(), W_OK | X_OK) != 0) {
    RefuseTemporary(path, "one that cannot be written");
  }
  return path;
}

}  // namespace normlab
