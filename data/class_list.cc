#include "data/class_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "base/text_file.h"
#include "base/utf8.h"

namespace normlab {
namespace {

std::string_view Trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t";
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
    const std::size_t length = Utf8Length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0 || first < 0x20 || first == 0x7F) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::vector<std::string> ParseClassList(std::string_view bytes, const std::string& path,
                                        int classes) {
  const std::string text = PlainUtf8(bytes, path);
  const std::vector<std::string_view> lines = Lines(text);
  if (lines.size() != static_cast<std::size_t>(classes)) {
    throw DataError(fmt::format(
        "{}: expected the names of {} classes, a line each, found {} lines; write one for each "
        "class, or remove the file",
        path, classes, lines.size()));
  }
  std::vector<std::string> names;
  for (const std::string_view line : lines) {
    const std::string where = fmt::format("{}:{}", path, names.size() + 1);
    if (line.empty() || line.size() > kLongestClassName || !IsPlainText(line)) {
      throw DataError(fmt::format(
          "{}: expected a class's name of 1 to {} bytes in UTF-8, without control characters, "
          "found '{}'; rename it",
          where, kLongestClassName, Printable(line)));
    }
    if (std::ranges::find(names, line) != names.end()) {
      throw DataError(
          fmt::format("{}: expected another name than those before, found '{}' again; rename one",
                      where, Printable(line)));
    }
    names.emplace_back(line);
  }
  return names;
}

}  // namespace normlab
