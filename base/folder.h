// Folders that are made.
#pragma once

#include <string>

namespace normlab {

// With those above it, where they are not there yet. Throws RunError naming it and the reason.
void MakeFolder(const std::string& path);

// TMPDIR, or /tmp. Throws RunError where it is no folder that can be written.
std::string TemporaryPath();

}  // namespace normlab
