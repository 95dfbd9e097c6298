// A user's words inside a one-line message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace normlab {

// `text` with control characters as '?', cut to `longest` bytes (then "..." follows, and no UTF-8
// character is split).
std::string Printable(std::string_view text, std::size_t longest = 60);

}  // namespace normlab
