#include "data/class_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "base/printable.h"

namespace normlab {
namespace {

// The length of the UTF-8 character that `text` begins with; 0 when it begins with none (RFC 3629:
// no surrogates, nothing longer than need be, nothing above U+10FFFF).
std::size_t CharacterLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = byte(0) < 0x80   ? 1
                             : byte(0) < 0xC2 ? 0
                             : byte(0) < 0xE0 ? 2
                             : byte(0) < 0xF0 ? 3
                             : byte(0) < 0xF5 ? 4
                                              : 0;
  if (length == 0 || length > text.size()) return 0;
  std::uint32_t value = length == 1 ? byte(0) : byte(0) & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    value = value << 6 | (byte(i) & 0x3F);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF) return 0;
  return value >= 0xD800 && value < 0xE000 ? 0 : length;
}

std::string_view Trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = line.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return "";
  return line.substr(first, line.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string_view> Lines(std::string_view bytes) {
  std::vector<std::string_view> lines;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    lines.push_back(Trimmed(bytes.substr(0, end)));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = CharacterLength(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0 || first < 0x20 || first == 0x7F) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::vector<std::string> ParseClassList(std::string_view bytes, const std::string& path,
                                        int classes) {
  const std::vector<std::string_view> lines = Lines(bytes);
  if (lines.size() != static_cast<std::size_t>(classes)) {
    throw DataError(fmt::format("{}: expected the names of {} classes, a line each, found {} lines",
                                path, classes, lines.size()));
  }
  std::vector<std::string> names;
  for (const std::string_view line : lines) {
    const std::string where = fmt::format("{}:{}", path, names.size() + 1);
    if (line.empty() || line.size() > kLongestClassName || !IsPlainText(line)) {
      throw DataError(fmt::format(
          "{}: expected a class's name of 1 to {} bytes in UTF-8, without control characters, "
          "found '{}'",
          where, kLongestClassName, Printable(line)));
    }
    if (std::ranges::find(names, line) != names.end()) {
      throw DataError(fmt::format("{}: expected another name than those before, found '{}' again",
                                  where, Printable(line)));
    }
    names.emplace_back(line);
  }
  return names;
}

}  // namespace normlab
