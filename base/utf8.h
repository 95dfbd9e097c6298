// UTF-8, a character at a time.
#pragma once

#include <cstddef>
#include <string_view>

namespace normlab {

// The bytes, 1 to 4, of the character that `text` begins with; 0 when it begins with none (RFC
// 3629: no surrogates, nothing longer than need be, nothing above U+10FFFF). Requires a byte.
std::size_t Utf8Length(std::string_view text);

}  // namespace normlab
