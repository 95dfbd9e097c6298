// What to do about an error of the operating system's.
#pragma once

#include <string>
#include <system_error>

namespace normlab {

// The system's words and what to do: "No space left on device; make room, or name a folder on
// another disk". `error` is a value of errno.
std::string SystemReason(int error);
std::string SystemReason(const std::error_code& error);

}  // namespace normlab
