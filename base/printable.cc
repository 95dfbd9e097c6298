#include "base/printable.h"

namespace normlab {

std::string Printable(std::string_view text, std::size_t longest) {
  const bool cut = text.size() > longest;
  std::size_t length = cut ? longest : text.size();
  const auto continues_character = [&](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  while (cut && length > 0 && continues_character(length)) --length;
  std::string printable(text.substr(0, length));
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return cut ? printable + "..." : printable;
}

}  // namespace normlab
