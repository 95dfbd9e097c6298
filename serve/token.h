// The secret that opens a page to other machines. It is the first part of every path,
// http://HOST:PORT/TOKEN/, and the page asks for all else by relative addresses: so it needs no
// cookie, which a browser would send to every other server of the same machine too, whatever its
// port.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace normlab {

// 128 bits of the system's randomness, in lower-case hexadecimal. Throws RunError where the system
// has none.
std::string NewToken();

// Of "/TOKEN/data.json" "/data.json", of "/TOKEN" ""; nothing where a path does not begin with the
// token. How long that takes says nothing of where a wrong one differs.
std::optional<std::string> PathBehindToken(std::string_view path, std::string_view token);

}  // namespace normlab
