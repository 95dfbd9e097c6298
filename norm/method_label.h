// What a user's method is called: one way for those on maps and those on the weights.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "norm/equation/method.h"

namespace normlab {

// Its title, or own-<hash8>; with 8 digits of the text's hash where a shipped one is called so.
std::string OwnMethodName(const equation::Method& method, const std::vector<std::string>& shipped);

// Of a text that is no method.
std::string UnreadableMethodName(std::string_view text);

// The label of a text with 8 digits of its hash, unless it ends in them.
std::string WithHash(const std::string& label, std::string_view text);

}  // namespace normlab
