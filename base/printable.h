// A user's words inside a one-line message.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

// `text` with control characters as '?', cut to 60 bytes (then "..." follows, and no UTF-8
// character is split).
std::string Printable(std::string_view text);

}  // namespace normlab
