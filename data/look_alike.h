// Names that a reader cannot tell apart and a program can.
#pragma once

#include <string_view>

namespace normlab {

// Whether two names in UTF-8 are one text whose letters are composed in the one (é, Unicode's NFC,
// as Linux and Windows mostly have them) and in the other a letter and its mark (e + ´, NFD, as
// macOS writes them). Different bytes.
bool DifferOnlyInComposition(std::string_view a, std::string_view b);

}  // namespace normlab
