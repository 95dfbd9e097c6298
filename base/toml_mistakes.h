// What is wrong with a text that is to be TOML.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

// Of the line (from 1) at which the text stops being TOML: what was expected there and what stands
// there, "expected a word in quotes, found batch; write norm = \"batch\"". `begins` is what begins
// such a file: "normlab recipes mnist > mine.toml begins a recipe".
std::string TomlMistake(std::string_view text, std::size_t line, std::string_view begins);

}  // namespace normlab
