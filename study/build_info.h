// What this program was built from.
#pragma once

#include <string>

namespace normlab {

struct BuildInfo {
  std::string version;  // "0.1.0"
  std::string
      revision;  // of the checkout it was built in, "-dirty" when changed; empty outside one
  std::string compiler;  // "GCC 12.2.0, Release"
};
BuildInfo ThisBuild();

}  // namespace normlab
