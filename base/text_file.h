// Text that people hand over, in whatever form their editor left it: recipes, names of classes,
// values, and the tables of a run folder that somebody opened and saved again. Every reader of text
// goes through here.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

// `bytes` as UTF-8 without a byte-order mark, every line ended by one '\n' (CR LF and a CR alone
// count as ends of lines). Throws DataError naming `path`, what was found and its offset in
// `bytes`: UTF-16 or UTF-32, with a byte-order mark or without, a byte 0, or what is not UTF-8.
std::string PlainUtf8(std::string_view bytes, const std::string& path);

// PlainUtf8 of the file. Throws DataError also where the file cannot be read.
std::string ReadTextFile(const std::string& path);

}  // namespace normlab
