// Words of a user in a picture, where a character that no font holds would become a box over all.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/figures/glyphs.h"

namespace normlab {

// True where every character of the text has a glyph; without `glyphs` nothing is known, and all
// are taken to have one.
bool IsDrawable(std::string_view text, const GlyphSet* glyphs = InstalledGlyphs());

// One line in which every character can be drawn: one without a glyph is written as "U+732B".
// Characters that turn the direction of what follows, and other invisible ones, are left out.
std::string PictureText(std::string_view text, const GlyphSet* glyphs = InstalledGlyphs());

// The same as a gnuplot expression, at most `characters` long (Shortened). All words of a script
// that are not its own pass through here.
std::string PictureString(std::string_view text, std::size_t characters);

// The class's name, or "class 3" where it cannot be drawn whole: several names may have the same
// characters' numbers once they are cut.
std::string PictureClass(std::string_view name, std::size_t label,
                         const GlyphSet* glyphs = InstalledGlyphs());

// One line on those of the texts that cannot be drawn, and the Debian packages whose fonts would
// do; empty where all can.
std::string FontAdvice(const std::vector<std::string>& texts,
                       const GlyphSet* glyphs = InstalledGlyphs());

}  // namespace normlab
