// A path that begins with ~, as a shell would have read it. Shells leave it as it is after a '=' or
// a ':' and inside of quotes and files.
#pragma once

#include <string>

namespace normlab {

// "~" and "~/x": $HOME, or where that is not set, the home of the user that runs this; "~name" and
// "~name/x": that user's home, unless something lies at the path itself. Every other path comes
// back as it is. Throws UsageError: there is no such user, or no home.
std::string ExpandHome(const std::string& path);

}  // namespace normlab
