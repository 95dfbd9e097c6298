// A method as a TOML file (docs/equations.md): what it is called, its equation, and tables that say
// more of learned and running values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "norm/equation/method.h"

namespace normlab::equation {

inline constexpr std::size_t kMostMethodBytes = std::size_t{32} << 10;
inline constexpr std::size_t kLongestMethodLine = 4096;  // bytes
inline constexpr std::size_t kLongestTitle = 60;         // characters

// What a method's text is refused for.
struct MethodError : UsageError {
  using UsageError::UsageError;
};

// Whether a text is such a file rather than statements alone: a line begins with one of its words
// or a table. `weights` is none of these, which a statement may be called.
bool IsMethodFile(std::string_view text);

// Of a file's text or of statements alone; `name` is left empty. Of a map or of a filter, w[O I Y
// X]: what is one of the other kind is refused with the key that takes it. Throws MethodError, one
// line that begins with `where` and says line and column: what is no TOML; unknown keys; tables of
// names that the equation has not; values of another type or out of range; what ParseEquation
// refuses, with the place in the file; text that is too long or none.
Method ParseMethod(const std::string& text, const std::string& where, Domain domain = Domain::kMap);

}  // namespace normlab::equation
