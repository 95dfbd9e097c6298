// The words of an equation's text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace normlab::equation {

inline constexpr std::size_t kMostTextBytes = std::size_t{16} << 10;

struct Token {
  enum class Kind { kName, kNumber, kSign, kEnd, kStatementEnd };
  Kind kind = Kind::kEnd;
  std::string_view text;   // points into the text; empty at the end
  double number = 0;       // of a number
  std::size_t offset = 0;  // bytes from the text's beginning

  bool Is(std::string_view sign) const { return kind == Kind::kSign && text == sign; }
};

// Ends with kEnd. A statement ends at a line's end or a semicolon, but not within brackets; several
// ends in a row are one. What follows a # is a comment. Throws UsageError by SyntaxError for a
// character that is in no word, a number that is none, or a text longer than kMostTextBytes.
std::vector<Token> Tokenize(std::string_view text);

// A mistake in an equation. Whoever knows where its text stands says the place anew.
struct EquationError : UsageError {
  EquationError(const std::string& line, std::size_t at, std::string what)
      : UsageError(line), offset(at), mistake(std::move(what)) {}
  std::size_t offset;   // bytes from the text's beginning
  std::string mistake;  // what was expected and found
};

// "line 2, column 5: MISTAKE: ", and that line of the text with a caret (U+2038) before the place.
std::string AtPlace(std::string_view text, std::size_t offset, const std::string& mistake);

// Throws EquationError: one line, AtPlace behind the word equation.
[[noreturn]] void SyntaxError(std::string_view text, std::size_t offset, const std::string& what);

}  // namespace normlab::equation
