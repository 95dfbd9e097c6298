#include "norm/equation/toml_text.h"

#include <algorithm>
#include <charconv>

namespace normlab::equation {
namespace {

std::size_t Utf8Bytes(unsigned code) {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

// What a backslash begins: how many bytes of the text, and how many of the value.
struct Escape {
  std::size_t written = 2, meant = 1;
};

Escape EscapeAt(std::string_view rest) {
  const char kind = rest.size() > 1 ? rest[1] : ' ';
  if (kind == 'u' || kind == 'U') {
    const std::size_t digits = kind == 'u' ? 4 : 8;
    unsigned code = 0;
    const std::string_view number = rest.substr(2, digits);
    std::from_chars(number.data(), number.data() + number.size(), code, 16);
    return {2 + digits, Utf8Bytes(code)};
  }
  if (kind != ' ' && kind != '\t' && kind != '\n') return {};
  // The line's end, and all white space behind it, is left out.
  return {std::min(rest.find_first_not_of(" \t\n", 1), rest.size()), 0};
}

}  // namespace

std::size_t OffsetOf(std::string_view text, std::size_t line, std::size_t column) {
  std::size_t at = 0;
  for (; line > 1; --line) at = std::min(text.find('\n', at), text.size() - 1) + 1;
  for (; column > 1 && at < text.size(); --column) {
    do ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  }
  return at;
}

std::size_t OffsetInString(std::string_view text, std::size_t begin, std::size_t offset) {
  if (begin >= text.size()) return text.size();
  const char quote = text[begin];
  const bool several_lines =
      text.substr(begin, 3) == std::string_view(quote == '"' ? "\"\"\"" : "'''");
  std::size_t at = begin + (several_lines ? 3 : 1);
  if (several_lines && at < text.size() && text[at] == '\n') ++at;
  for (std::size_t value = 0; value < offset && at < text.size();) {
    const Escape step = quote == '"' && text[at] == '\\' ? EscapeAt(text.substr(at)) : Escape{1, 1};
    at += step.written;
    value += step.meant;
  }
  return std::min(at, text.size());
}

}  // namespace normlab::equation
