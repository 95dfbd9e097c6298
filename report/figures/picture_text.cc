#include "report/figures/picture_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/escape.h"
#include "base/text.h"

namespace normlab {
namespace {

struct Range {
  char32_t first, last;
};

constexpr Range kInvisible[] = {{0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E},
                                {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
                                {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF}};
constexpr Range kChineseJapaneseKorean[] = {{0x1100, 0x11FF}, {0x2E80, 0x9FFF},  {0xA960, 0xA97F},
                                            {0xAC00, 0xD7FF}, {0xF900, 0xFAFF},  {0xFE30, 0xFE4F},
                                            {0xFF00, 0xFFEF}, {0x20000, 0x323AF}};
constexpr Range kEmoji[] = {{0x2600, 0x27BF}, {0x2B00, 0x2BFF}, {0x1F000, 0x1FAFF}};

template <std::size_t count>
bool In(const Range (&ranges)[count], char32_t character) {
  return std::ranges::any_of(ranges, [&](const Range& range) {
    return character >= range.first && character <= range.last;
  });
}

// The parts of a word that is shaped as a whole need them (Persian, Hindi, emoji of families).
bool IsJoiner(char32_t character) { return character == 0x200C || character == 0x200D; }

struct Character {
  char32_t value;
  std::string_view bytes;
};

// Of valid UTF-8.
std::vector<Character> Characters(std::string_view utf8) {
  std::vector<Character> characters;
  while (!utf8.empty()) {
    const auto first = static_cast<unsigned char>(utf8.front());
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t value = length == 1 ? first : first & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
      value = value << 6 | (static_cast<unsigned char>(utf8[i]) & 0x3Fu);
    }
    characters.push_back({value, utf8.substr(0, length)});
    utf8.remove_prefix(length);
  }
  return characters;
}

bool HasGlyph(char32_t character, const GlyphSet* glyphs) {
  return glyphs == nullptr || character < 0x7F || In(kInvisible, character) ||
         glyphs->Has(character);
}

const char* PackageFor(char32_t character) {
  if (In(kChineseJapaneseKorean, character)) return "fonts-noto-cjk";
  if (In(kEmoji, character)) return "fonts-noto-color-emoji";
  return "fonts-noto-core";
}

}  // namespace

bool IsDrawable(std::string_view text, const GlyphSet* glyphs) {
  const std::string line = PlainLine(text);
  return std::ranges::all_of(Characters(line), [&](const Character& character) {
    return HasGlyph(character.value, glyphs);
  });
}

std::string PictureText(std::string_view text, const GlyphSet* glyphs) {
  const std::string line = PlainLine(text);
  const bool drawable = IsDrawable(line, glyphs);
  std::string shown;
  bool after_number = false;
  for (const Character& character : Characters(line)) {
    const bool number = !HasGlyph(character.value, glyphs);
    if (number) {
      shown += fmt::format("{}U+{:04X}", after_number ? " " : "",
                           static_cast<std::uint32_t>(character.value));
    } else if (!In(kInvisible, character.value) || (drawable && IsJoiner(character.value))) {
      shown += character.bytes;
    } else {
      continue;
    }
    after_number = number;
  }
  return shown;
}

std::string PictureString(std::string_view text, std::size_t characters) {
  return GnuplotString(Shortened(PictureText(text), characters));
}

std::string PictureClass(std::string_view name, std::size_t label, const GlyphSet* glyphs) {
  return IsDrawable(name, glyphs) ? std::string(name) : fmt::format("class {}", label);
}

std::string FontAdvice(const std::vector<std::string>& texts, const GlyphSet* glyphs) {
  constexpr std::size_t kNamed = 3, kLongest = 40;
  std::vector<std::string> named;
  std::set<std::string> seen, packages;
  for (const std::string& text : texts) {
    const std::string line = PlainLine(text);
    if (IsDrawable(line, glyphs) || !seen.insert(line).second) continue;
    if (named.size() < kNamed) named.push_back(Shortened(line, kLongest));
    for (const Character& character : Characters(line)) {
      if (!HasGlyph(character.value, glyphs)) packages.insert(PackageFor(character.value));
    }
  }
  if (seen.empty()) return "";
  const std::string more =
      seen.size() > kNamed ? fmt::format(" and {} more", seen.size() - kNamed) : "";
  const std::string install = Join({packages.begin(), packages.end()}, " ");
  return fmt::format(
      "no installed font holds every character of {}{}: in the pictures a class has its number "
      "instead, from 0, and other words the characters' numbers; install {} (apt-get install {}), "
      "then draw them again: normlab report FOLDER, or the same normlab data samples",
      Join(named), more, install, install);
}

}  // namespace normlab
