// Lines at the end of a terminal that are drawn again in place, while others scroll by above them.
//
// The cursor rests at the beginning of the first of them. However a terminal treats what stands on
// it when its window changes (some wrap lines anew, some cut them off, and one that gets lower
// drops what is below the cursor), that place stays where it is, and whatever is blanked from there
// on are these lines alone. A cursor at their end would have to be moved up by a number of rows
// that nobody knows any more.
#pragma once

#include <string>
#include <vector>

#include "app/terminal.h"

namespace normlab {

// One line in a window that keeps its width needs the carriage return alone; all else needs ANSI's
// cursor movements. Where the terminal is not interactive there are none of those: the last line
// stands for all.
class LiveLines {
 public:
  // The terminal outlives this.
  explicit LiveLines(const Terminal& terminal) : terminal_(terminal) {}

  // In place of those that are shown. Those for which the terminal is not high enough are left out,
  // from the last but one on; those that are too wide are cut.
  void Show(std::vector<std::string> lines);
  // A line that stays, above those that are shown.
  void Print(const std::string& line);
  // What is shown stays; what comes next stands below it.
  void Leave();

 private:
  std::vector<std::string> Fitted(std::vector<std::string> lines) const;
  bool IsInPlace(std::size_t lines) const;
  std::string Blank() const;
  std::string Drawn() const;

  const Terminal& terminal_;
  std::vector<std::string> shown_;
  int columns_ = 0;  // of the terminal, when they were drawn
};

// The widest line that can be drawn again: the last column stays free, for terminals differ in
// where the cursor is once that is filled. 0: not known.
int LiveColumns(const Terminal& terminal);

}  // namespace normlab
