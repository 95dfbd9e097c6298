#include "base/escape.h"

#include <fmt/format.h>

#include <algorithm>

namespace normlab {
namespace {

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Length of the UTF-8 sequence that starts at `at`, 0 when there is none (Unicode 15, table 3-7:
// overlong forms, surrogates and values above U+10FFFF are not sequences; nor are U+FFFE and
// U+FFFF, which XML forbids).
std::size_t SequenceLength(std::string_view text, std::size_t at) {
  const unsigned first = static_cast<unsigned char>(text[at]);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[at + i])) return 0;
  }
  if (length < 3) return length;
  const unsigned second = static_cast<unsigned char>(text[at + 1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool too_large = first == 0xF4 && second >= 0x90;
  const bool noncharacter =
      text.substr(at, 3) == "\xEF\xBF\xBE" || text.substr(at, 3) == "\xEF\xBF\xBF";
  return overlong || surrogate || too_large || noncharacter ? 0 : length;
}

}  // namespace

std::string PlainLine(std::string_view text) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = SequenceLength(text, at);
    const unsigned char first = static_cast<unsigned char>(text[at]);
    const bool c1_control =
        length == 2 && first == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (length == 0) {
      line += '?';
    } else if (first < 0x20 || first == 0x7F || c1_control) {
      line += ' ';
    } else {
      line += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return line;
}

std::size_t CharacterCount(std::string_view utf8) {
  std::size_t count = 0;
  for (char c : utf8) count += !IsContinuation(c);
  return count;
}

std::string Shortened(std::string_view text, std::size_t characters) {
  const std::string line = PlainLine(text);
  if (CharacterCount(line) <= characters) return line;
  std::size_t end = 0, kept = 0;
  while (end < line.size()) {
    if (!IsContinuation(line[end]) && ++kept == characters) break;
    ++end;
  }
  return line.substr(0, end) + "…";
}

std::string MarkdownText(std::string_view text) {
  std::string escaped;
  for (char c : PlainLine(text)) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      if (std::string_view("\\`*_[]|~$#!").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string LinkTarget(std::string_view path) {
  std::string target;
  for (char c : path) {
    if (IsLetterOrDigit(c) || std::string_view("-._/").find(c) != std::string_view::npos) {
      target += c;
    } else {
      target += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return target;
}

std::string GnuplotString(std::string_view text) {
  const std::string line = PlainLine(text);
  // gnuplot reads two quotes at the start of a literal as an empty one, and ends one at the second
  // of two that follow each other within.
  const std::size_t quotes = std::min(line.find_first_not_of('\''), line.size());
  std::string literal;
  for (std::size_t i = 0; i < quotes; ++i) literal += "\"'\".";
  literal += "'";
  for (std::size_t i = quotes; i < line.size();) {
    const std::size_t run = std::min(line.find_first_not_of('\'', i), line.size()) - i;
    if (run > 1) {
      literal += "'.\"" + std::string(run, '\'') + "\".'";
    } else if (run == 1) {
      literal += "''";
    } else {
      if (line[i] == '>' && literal.ends_with("]]")) literal += ' ';
      literal += line[i];
    }
    i += std::max<std::size_t>(run, 1);
  }
  return literal + "'";
}

std::string CsvField(std::string_view text) {
  const std::string line = PlainLine(text);
  if (line.find_first_of(",\"") == std::string::npos) return line;
  std::string field = "\"";
  for (char c : line) {
    field += c;
    if (c == '"') field += c;
  }
  return field + "\"";
}

std::string FileStem(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string stem;
  for (char c : text) {
    const bool kept = IsLetterOrDigit(c) || c == '_' || (c == '.' && !stem.empty());
    if (kept) {
      stem += c;
    } else if (!stem.empty() && stem.back() != '-') {
      stem += '-';
    }
    if (stem.size() == kLongest) break;
  }
  while (!stem.empty() && (stem.back() == '-' || stem.back() == '.')) stem.pop_back();
  return stem.empty() ? "model" : stem;
}

}  // namespace normlab
