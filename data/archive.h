// Members of a .tar.gz, read as a stream: nothing is ever extracted to a path.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// No member of the CIFAR releases is above 156 MB.
inline constexpr std::size_t kLargestMember = std::size_t{1} << 28;

// Calls visit(i, bytes) for the regular file that is called names[i], in the archive's order, once
// each. A leading "./" in the archive does not count. Throws DataError naming `path` when the
// archive is damaged or ends early, or when a member is missing (one of the last `optional` may
// be), there twice or larger than kLargestMember.
void ReadArchive(const std::string& path, const std::vector<std::string>& names,
                 const std::function<void(std::size_t, std::string_view)>& visit,
                 std::size_t optional = 0);

}  // namespace normlab
