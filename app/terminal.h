// What the progress is drawn on: standard error, and what can be known of it.
#pragma once

#include <functional>
#include <string_view>

namespace normlab {

struct Terminal {
  bool interactive = false;                     // a person's terminal: ANSI's cursor movements
  bool utf8 = false;                            // the locale's characters
  std::function<int()> columns;                 // its width at this moment; 0: not known
  std::function<int()> rows;                    // its height; 0: not known
  std::function<double()> seconds;              // of a clock that never goes back
  std::function<void(std::string_view)> write;  // unbuffered
};

// Standard error. It is interactive where it is a terminal, but not a dumb one (TERM), nor a cell
// of Jupyter's (JPY_PARENT_PID), which has no cursor to move, nor the log of an automatic build
// (CI). Its size is the system's answer, else COLUMNS and LINES; its characters are UTF-8 where
// LC_ALL, else LC_CTYPE, else LANG says so.
Terminal StandardError();

}  // namespace normlab
