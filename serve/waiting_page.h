// The page of before there is anything to show, or of when it is gone: it says why, and gives way
// as soon as there is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// `messages` are lines of UTF-8; nothing in them is markup. Needs the two files below beside it.
std::string WaitingPage(const std::vector<std::string>& messages, const std::string& version);

extern const std::string_view kWaitingScript;  // waiting.js
extern const std::string_view kWaitingStyle;   // waiting.css

}  // namespace normlab
