#include "report/figures/glyphs.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>

namespace normlab {
namespace {

constexpr std::size_t kCharacters = 0x110000;

void AddRange(std::string_view range, std::vector<bool>& held) {
  std::size_t first = 0;
  const char* end = range.data() + range.size();
  auto [stop, status] = std::from_chars(range.data(), end, first, 16);
  if (status != std::errc()) return;
  std::size_t last = first;
  if (stop != end && *stop == '-') std::from_chars(stop + 1, end, last, 16);
  for (std::size_t c = first; c <= std::min(last, kCharacters - 1); ++c) held[c] = true;
}

void AddFont(std::string_view line, std::vector<bool>& held) {
  if (!line.starts_with("TrueType ") && !line.starts_with("CFF ")) return;
  line.remove_prefix(line.find(' '));
  while (!line.empty()) {
    line.remove_prefix(1);
    const std::size_t end = std::min(line.find(' '), line.size());
    AddRange(line.substr(0, end), held);
    line.remove_prefix(end);
  }
}

std::string AskFontconfig() {
  const auto close = [](std::FILE* pipe) { pclose(pipe); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe(
      popen("fc-list -f '%{fontformat} %{charset}\\n' 2>/dev/null </dev/null", "re"), close);
  std::string text;
  char chunk[1 << 14];
  while (pipe != nullptr) {
    const std::size_t count = std::fread(chunk, 1, sizeof chunk, pipe.get());
    if (count == 0) break;
    text.append(chunk, count);
  }
  return text;
}

}  // namespace

GlyphSet::GlyphSet(std::string_view fonts) : held_(kCharacters, false) {
  while (!fonts.empty()) {
    const std::size_t end = std::min(fonts.find('\n'), fonts.size());
    AddFont(fonts.substr(0, end), held_);
    fonts.remove_prefix(std::min(end + 1, fonts.size()));
  }
}

bool GlyphSet::Has(char32_t character) const { return character < kCharacters && held_[character]; }

const GlyphSet* InstalledGlyphs() {
  static const std::optional<GlyphSet> glyphs = []() -> std::optional<GlyphSet> {
    const std::string fonts = AskFontconfig();
    return fonts.empty() ? std::nullopt : std::optional<GlyphSet>(fonts);
  }();
  return glyphs ? &*glyphs : nullptr;
}

}  // namespace normlab
