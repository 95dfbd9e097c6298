// Whether standard output gets colours.
#pragma once

#include <string>

namespace normlab {

// `when` is auto, always or never. auto: standard output is a terminal, TERM is not dumb and
// NO_COLOR is unset or empty (no-color.org); CLICOLOR_FORCE and FORCE_COLOR, set and not 0, ask for
// colours where it is none, and NO_COLOR goes before them.
bool ColorsOnStandardOutput(const std::string& when);

}  // namespace normlab
