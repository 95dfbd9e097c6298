// Which characters a picture can show on this machine: those that an installed font holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace normlab {

class GlyphSet {
 public:
  // What fc-list prints with the format "%{fontformat} %{charset}\n": a font a line, its characters
  // as hexadecimal ranges. Only TrueType and CFF count, as for Pango, which draws the text.
  explicit GlyphSet(std::string_view fonts);
  bool Has(char32_t character) const;

 private:
  std::vector<bool> held_;
};

// Of this machine, asked once; nullptr where fontconfig's fc-list, on which Pango depends in
// Debian, cannot be asked: then nothing is known of any character.
const GlyphSet* InstalledGlyphs();

}  // namespace normlab
