#include "base/folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "base/error.h"

namespace normlab {

void MakeFolder(const std::string& path) {
  std::error_code status;
  std::filesystem::create_directories(path, status);
  if (status) throw RunError(fmt::format("cannot make the folder {}: {}", path, status.message()));
}

}  // namespace normlab
