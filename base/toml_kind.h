// What a TOML value is called in a message.
#pragma once

#include <toml++/toml.h>

#include <string_view>

namespace normlab {

// "a list", "a table", "a word", ...
inline std::string_view TomlKind(const toml::node& node) {
  if (node.is_array()) return "a list";
  if (node.is_table()) return "a table";
  if (node.is_string()) return "a word";
  if (node.is_number()) return "a number";
  if (node.is_boolean()) return "true or false";
  return "a date or time";
}

}  // namespace normlab
