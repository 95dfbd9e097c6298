// Names of classes that come with users' files: a line each, or a folder each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace normlab {

inline constexpr std::size_t kLongestClassName = 255;  // bytes, as long as a folder's name can be
inline constexpr std::size_t kMostClasses = 256;       // labels are bytes

// Valid UTF-8 without control characters: it can be shown, and kept in TOML and JSON.
bool IsPlainText(std::string_view text);

// One line a name, in any form of text that base/text_file.h takes; spaces and tabs around it and
// empty lines after the last do not count. Throws DataError naming `path` unless there are
// `classes` of them, each plain text, of 1 to kLongestClassName bytes, and no two equal.
std::vector<std::string> ParseClassList(std::string_view bytes, const std::string& path,
                                        int classes);

}  // namespace normlab
