#include "app/live_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "study/log_lines.h"

namespace normlab {

// The cursor rests at the end of the last line. Blanked from the top before it is written again: a
// line that fills its row cannot be blanked behind its end.
std::string LiveLines::ToTheTop() const {
  if (shown_.empty()) return "";
  const std::size_t up = shown_.size() - 1;
  return (up > 0 ? fmt::format("\r\x1b[{}A", up) : std::string("\r")) + "\x1b[J";
}

void LiveLines::Show(std::vector<std::string> lines) {
  if (lines.size() == 1 && shown_.size() <= 1) {
    const int before = shown_.empty() ? 0 : DisplayWidth(shown_[0]);
    const int blanks = std::max(0, before - DisplayWidth(lines[0]));
    write_("\r" + lines[0] + std::string(static_cast<std::size_t>(blanks), ' '));
  } else {
    write_(ToTheTop() + Join(lines, "\n"));
  }
  shown_ = std::move(lines);
}

void LiveLines::Print(const std::string& line) {
  write_(ToTheTop() + line + "\n" + Join(shown_, "\n"));
}

void LiveLines::Leave() {
  if (!shown_.empty()) write_("\n");
  shown_.clear();
}

}  // namespace normlab
