#include "app/live_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/text_width.h"
#include "base/text.h"

namespace normlab {
namespace {

// What is wider than the window by now is cut off instead of wrapped: the rows must be counted.
constexpr char kNoWrap[] = "\x1b[?7l", kWrap[] = "\x1b[?7h";
// The first row as a whole, so that a terminal forgets that it went on in the next one. Then all
// below, with a character before it: some terminals (tmux, iTerm2) take blanking from the window's
// beginning for clearing it, and keep in the scrollback what stood there.
constexpr char kBlankBelow[] = "\r\x1b[2K \x1b[J\r";

std::string Blanks(int columns) {
  return std::string(static_cast<std::size_t>(std::max(0, columns)), ' ');
}

}  // namespace

int LiveColumns(const Terminal& terminal) {
  const int columns = terminal.columns();
  return columns > 0 ? std::max(1, columns - 1) : 0;
}

// One row stays free for the line that Print and Leave go on with.
std::vector<std::string> LiveLines::Fitted(std::vector<std::string> lines) const {
  const int rows = terminal_.interactive ? terminal_.rows() : 1;
  const auto most = static_cast<std::ptrdiff_t>(std::max(1, rows - 1));
  if (rows > 0 && std::ssize(lines) > most) {
    lines.erase(lines.begin() + most - 1, lines.end() - 1);
  }
  const int columns = LiveColumns(terminal_);
  for (std::string& line : lines) {
    if (columns > 0) line = CutToColumns(line, columns);
  }
  return lines;
}

// Whether so many can take the place of what is shown by the carriage return alone.
bool LiveLines::IsInPlace(std::size_t lines) const {
  if (lines != 1 || shown_.size() != 1) return false;
  return !terminal_.interactive || columns_ == terminal_.columns();
}

std::string LiveLines::Blank() const {
  if (shown_.empty()) return "";
  if (terminal_.interactive) return kBlankBelow;
  return "\r" + Blanks(ColumnsOf(shown_[0])) + "\r";
}

std::string LiveLines::Drawn() const {
  if (shown_.empty()) return "";
  if (shown_.size() == 1) return shown_[0] + "\r";
  return fmt::format("{}{}\r\x1b[{}A{}", kNoWrap, Join(shown_, "\n"), shown_.size() - 1, kWrap);
}

void LiveLines::Show(std::vector<std::string> lines) {
  lines = Fitted(std::move(lines));
  std::string text = Blank();
  if (IsInPlace(lines.size())) {
    text = "\r" + lines[0] + Blanks(ColumnsOf(shown_[0]) - ColumnsOf(lines[0])) + "\r";
    shown_ = std::move(lines);
  } else {
    shown_ = std::move(lines);
    text += Drawn();
  }
  columns_ = terminal_.columns();
  terminal_.write(text);
}

void LiveLines::Print(const std::string& line) {
  const std::string blank = Blank();
  shown_ = Fitted(std::move(shown_));
  columns_ = terminal_.columns();
  terminal_.write(blank + line + "\n" + Drawn());
}

void LiveLines::Leave() {
  if (shown_.empty()) return;
  if (IsInPlace(shown_.size())) {
    terminal_.write("\n");
  } else {
    const std::string blank = Blank();
    terminal_.write(blank + Join(Fitted(std::move(shown_)), "\n") + "\n");
  }
  shown_.clear();
}

}  // namespace normlab
