// What must hold of a text before a JSON library builds anything of it: that it is JSON, not deep,
// without more numbers than a limit, and without a key twice in an object.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace normlab {

struct JsonLimits {
  int depth = 8;
  std::size_t keys = 256;  // of one object
  std::size_t values = std::size_t{1} << 21;
};

// Throws DataError: "<origin>:<line>:<column>: ..." with the path where it stands, such as
// x[0][1][3].
void CheckJson(std::string_view text, const std::string& origin, const JsonLimits& limits);

}  // namespace normlab
