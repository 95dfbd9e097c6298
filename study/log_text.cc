#include "study/log_text.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace normlab {
namespace {

constexpr std::string_view kHeading = "Epoch ";

int EpochOf(std::string_view paragraph) {
  int epoch = 0;
  if (!paragraph.starts_with(kHeading)) return 0;
  paragraph.remove_prefix(kHeading.size());
  std::from_chars(paragraph.data(), paragraph.data() + paragraph.size(), epoch);
  return epoch;
}

}  // namespace

LogParagraphs ReadLog(const std::string& path) {
  const std::string text = ReadFile(path);
  LogParagraphs paragraphs;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t next = text.find("\n" + std::string(kHeading), start);
    const std::size_t end = next == std::string::npos ? text.size() : next + 1;
    const int expected = static_cast<int>(paragraphs.size()) + 1;
    if (EpochOf(std::string_view(text).substr(start)) != expected) {
      throw DataError(fmt::format("{}: expected 'Epoch {}:'", path, expected));
    }
    paragraphs[expected] = text.substr(start, end - start);
    start = end;
  }
  return paragraphs;
}

}  // namespace normlab
