#include "base/home.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/printable.h"

namespace normlab {
namespace {

constexpr std::size_t kEntryBytes = std::size_t{1} << 16;

// The home that the system's list of users has, of `name`, or where that is empty, of this
// process's user.
std::optional<std::string> ListedHome(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> text(kEntryBytes);
  const int failed = name.empty()
                         ? getpwuid_r(getuid(), &entry, text.data(), text.size(), &found)
                         : getpwnam_r(name.c_str(), &entry, text.data(), text.size(), &found);
  if (failed != 0 || found == nullptr || found->pw_dir == nullptr) return std::nullopt;
  return found->pw_dir;
}

std::optional<std::string> OwnHome() {
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') return home;
  return ListedHome("");
}

}  // namespace

std::string ExpandHome(const std::string& path) {
  if (!path.starts_with('~')) return path;
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string name = path.substr(1, end - 1);
  std::error_code status;
  if (!name.empty() && std::filesystem::exists(path, status)) return path;
  const std::optional<std::string> home = name.empty() ? OwnHome() : ListedHome(name);
  if (home && !home->empty()) return *home + path.substr(end);
  throw UsageError(
      name.empty()
          ? fmt::format("{}: there is no home folder: HOME is not set; write the whole path",
                        Printable(path, 4096))
          : fmt::format(
                "{0}: there is no user {1}; where a file of this name is meant, write ./{0}",
                Printable(path, 4096), Printable(name)));
}

}  // namespace normlab
