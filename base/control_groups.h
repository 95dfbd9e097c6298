// The control groups that this process is in, as Linux tells of them: version 1, version 2 and both
// at once; seen from the machine or from inside a container.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// A folder in which a limit of this process may stand.
struct ControlGroup {
  std::string folder;  // as a user would type it
  int version = 2;
};

// The groups of `controller`, "memory" or "cpu", from the process's own up to the outermost that
// can be seen: each one's limit holds. Empty where there is no such controller. What cannot be read
// or makes no sense is passed over. The files of the system are looked for below `root`, "" but in
// tests.
std::vector<ControlGroup> ControlGroups(std::string_view controller, const std::string& root = "");

// The first line of a file in a group, without the line's end; empty where there is none.
std::string ControlGroupLine(const ControlGroup& group, const std::string& file,
                             const std::string& root = "");

// A whole number without a sign and nothing after it.
std::optional<std::uint64_t> ParseLimit(std::string_view text);

}  // namespace normlab
