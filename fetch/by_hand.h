// What to type where normlab's own download does not get through.
#pragma once

#include <string>
#include <vector>

#include "fetch/addresses.h"

namespace normlab {

// "mkdir -p FOLDER && cd FOLDER && curl -fL -O 'ADDRESS{one,two}'", for a POSIX shell. Requires at
// least one name.
std::string CommandByHand(const std::string& folder, const std::string& address,
                          const std::vector<std::string>& names);

}  // namespace normlab
