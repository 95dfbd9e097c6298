// Whether a downloaded file is the published one, told by its raw bytes: mirrors may have packed
// them anew.
#pragma once

#include <string>

#include "fetch/addresses.h"

namespace normlab {

// Empty when the file at `path` holds the published content of `file`, else one line: what it is,
// expected, found. `path` may be any name. Throws nothing but what a full memory makes.
std::string ContentProblem(const DownloadSource& source, const PublishedDownload& file,
                           const std::string& path);

}  // namespace normlab
