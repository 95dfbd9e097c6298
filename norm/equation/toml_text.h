// Places in a text of TOML.
#pragma once

#include <cstddef>
#include <string_view>

namespace normlab::equation {

// Bytes from the beginning to a place as toml++ tells it: line and column from 1, a column for each
// character. At most the text's size.
std::size_t OffsetOf(std::string_view text, std::size_t line, std::size_t column);

// The place in the text of byte `offset` of the string's value whose quotes begin at `begin`: past
// quotes, a first line's end and escapes.
std::size_t OffsetInString(std::string_view text, std::size_t begin, std::size_t offset);

}  // namespace normlab::equation
