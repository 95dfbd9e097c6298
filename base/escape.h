// Names that users and data sets choose, made harmless where they are shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace normlab {

// One line of valid UTF-8: control characters become spaces, bytes that are no UTF-8 become '?'.
std::string PlainLine(std::string_view text);

// At most `characters` characters, the last of them an ellipsis when something was cut.
std::string Shortened(std::string_view text, std::size_t characters);

std::size_t CharacterCount(std::string_view utf8);

// Shown literally by CommonMark and GitHub, in a paragraph, a table cell or a link's text.
std::string MarkdownText(std::string_view text);

// A relative link's target: everything but letters, digits and "-._/" percent-encoded.
std::string LinkTarget(std::string_view path);

// A gnuplot expression that is this text; single-quoted, so nothing in it is expanded. gnuplot's
// SVG escapes '<' and '&'; "]]>", which XML forbids in text as well, gets a space.
std::string GnuplotString(std::string_view text);

// RFC 4180: quoted where it must be.
std::string CsvField(std::string_view text);

// "batch, l2 = 0.001" -> "batch-l2-0.001": letters, digits, '.', '_' and single '-'; never empty.
std::string FileStem(std::string_view text);

}  // namespace normlab
