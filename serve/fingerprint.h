// Whether anything changed in a run folder, without reading it.
#pragma once

#include <string>
#include <vector>

namespace normlab {

// The files of `folder` and of its `arms` that a page is made from: inode, size, times, mode. Two
// fingerprints are equal where nothing was written between them. Four calls of stat an arm.
// Throws DataError where one of them is no plain file (it could have no end, or never begin), or
// where together they are larger than a page can be made from.
std::string Fingerprint(const std::string& folder, const std::vector<std::string>& arms);

}  // namespace normlab
