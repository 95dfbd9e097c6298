// Words for messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// The candidate with the smallest edit distance; the first of equals; empty when there is none.
std::string NearestName(std::string_view name, const std::vector<std::string>& candidates);

// "a, b, c"
std::string Join(const std::vector<std::string>& words, std::string_view separator = ", ");

std::string WithCommas(std::uint64_t number);  // "60,000"

std::vector<std::string> SplitWords(std::string_view text);  // at white space, no empty words

}  // namespace normlab
