#include "base/control_groups.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "base/text.h"

namespace normlab {
namespace {

struct Mount {
  std::string root;   // which group the mount shows as its outermost
  std::string point;  // where
  int version = 2;
};

bool HasWord(const std::string& list, std::string_view word) {
  std::istringstream words(list);
  for (std::string each; std::getline(words, each, ',');) {
    if (each == word) return true;
  }
  return false;
}

// Blanks, tabs, line ends and backslashes of a path stand as three octal digits (proc(5)).
std::string Unescaped(const std::string& text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int code = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '\\' && i + 3 < text.size() &&
        std::from_chars(digits, digits + 3, code, 8).ptr == digits + 3) {
      path += static_cast<char>(code);
      i += 3;
    } else {
      path += text[i];
    }
  }
  return path;
}

// "36 35 98:0 /root /point options [optional ...] - type source options of the file system"
std::optional<Mount> ParseMount(const std::string& line, std::string_view controller) {
  const std::vector<std::string> words = SplitWords(line);
  const auto dash = std::ranges::find(words, "-");
  if (dash - words.begin() < 6 || words.end() - dash < 4) return std::nullopt;
  const bool first = dash[1] == "cgroup" && HasWord(dash[3], controller);
  if (!first && dash[1] != "cgroup2") return std::nullopt;
  return Mount{Unescaped(words[3]), Unescaped(words[4]), first ? 1 : 2};
}

std::vector<Mount> Mounts(std::string_view controller, const std::string& root) {
  std::vector<Mount> mounts;
  std::ifstream file(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    if (const auto mount = ParseMount(line, controller)) mounts.push_back(*mount);
  }
  return mounts;
}

// Of the lines "number:controllers:path" the one of this version.
std::optional<std::string> GroupPath(std::string_view controller, int version,
                                     const std::string& root) {
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (version == 2 ? controllers.empty() : HasWord(controllers, controller)) {
      return line.substr(second + 1);
    }
  }
  return std::nullopt;
}

// The group's path below the mount. A container may see its own group as the outermost one while
// the path is still told from the machine's: then the mount's point is what can be seen of it.
std::string BelowMount(const Mount& mount, const std::string& path) {
  if (path.find("/..") != std::string::npos) return "";
  if (mount.root == "/") return path == "/" ? "" : path;
  const bool below = path.starts_with(mount.root) &&
                     (path.size() == mount.root.size() || path[mount.root.size()] == '/');
  return below ? path.substr(mount.root.size()) : "";
}

}  // namespace

std::vector<ControlGroup> ControlGroups(std::string_view controller, const std::string& root) {
  std::vector<ControlGroup> groups;
  for (const Mount& mount : Mounts(controller, root)) {
    const auto path = GroupPath(controller, mount.version, root);
    if (!path || !path->starts_with('/')) continue;
    for (std::string below = BelowMount(mount, *path); !below.empty();
         below.resize(below.rfind('/'))) {
      groups.push_back({mount.point + below, mount.version});
    }
    groups.push_back({mount.point, mount.version});
  }
  return groups;
}

std::string ControlGroupLine(const ControlGroup& group, const std::string& file,
                             const std::string& root) {
  std::ifstream stream(root + group.folder + "/" + file);
  std::string line;
  std::getline(stream, line);
  return line;
}

std::optional<std::uint64_t> ParseLimit(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace normlab
