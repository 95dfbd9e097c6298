// Words for messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// "; the nearest is 'batch'", of the candidate that the name is a slip of the hand or a beginning
// of; empty where there is none: a far one would mislead.
std::string NearestWords(std::string_view name, const std::vector<std::string>& candidates);

// "a, b, c"
std::string Join(const std::vector<std::string>& words, std::string_view separator = ", ");

std::string Lowered(std::string_view text);  // A to Z as a to z, every other byte as it is

std::string WithCommas(std::uint64_t number);  // "60,000"

std::vector<std::string> SplitWords(std::string_view text);  // at white space, no empty words

}  // namespace normlab
