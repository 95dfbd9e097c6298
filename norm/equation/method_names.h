// What may stand as a name in a method's file.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "norm/equation/method.h"

namespace normlab::equation {

inline constexpr std::size_t kLongestState = 60;  // characters

// Letters, digits and _, beginning with no digit; of a state in a checkpoint.
bool IsPlainName(std::string_view name);

// A character of UTF-8: not what turns the direction of text, nor what nobody sees.
bool StandsInTitles(std::string_view character);

// The first statement whose state has another's name: a checkpoint has all of them side by side.
std::optional<std::size_t> FindTakenState(const Method& method);

}  // namespace normlab::equation
