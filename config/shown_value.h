// What a setting's value is called in words: of the keys whose value may be a whole text (norm,
// weights) the method's name, of every other the value itself.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

std::string ShownValue(std::string_view key, const std::string& value);

}  // namespace normlab
