// Whether a folder without train/ is a folder of classes, and what it is otherwise.
#pragma once

#include <string>

namespace normlab {

// Throws DataError, with what to do, where `folder` is not there, has the parts of a split but no
// train/, or has no folder with a picture in it.
void CheckUnsplit(const std::string& folder);

}  // namespace normlab
