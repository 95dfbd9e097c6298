// A terminal that keeps what scrolls out of it and whose window can change, as the kinds of them do
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// What becomes of lines when the window's width changes.
enum class Reflow {
  kCut,   // each row loses what no longer fits (xterm, the Linux console)
  kWrap,  // a line is wrapped anew, the cursor stays at its character (VTE, kitty, iTerm2, tmux)
};

// Blanking from the window's beginning on keeps what stood there (tmux). A window that gets lower
// loses the rows below the cursor first, then those at the top scroll out.
class Emulator {
 public:
  Emulator(int columns, int rows, Reflow reflow);

  void Write(std::string_view text);
  void Resize(int columns, int rows);
  int columns() const { return columns_; }
  int rows() const { return rows_; }

  // Lines, with what was wrapped put together and without blanks at their ends.
  std::vector<std::string> Scrollback() const { return LinesOf(history_); }
  std::vector<std::string> Window() const { return LinesOf(window_); }
  std::vector<std::string> All() const;
  // Down to the cursor, or what stands below it.
  std::vector<std::string> Used() const;

 private:
  struct Row {
    std::vector<std::string> cells;  // a character each; "" behind a wide one
    bool goes_on = false;            // in the next row
  };

  static std::vector<std::string> LinesOf(const std::vector<Row>& rows);
  Row BlankRow() const;
  void Put(const std::string& character, int width);
  void NextRow();
  std::size_t Command(std::string_view text, std::size_t at);
  void BlankFromCursor();
  void CutRows(int columns);
  void WrapRows(int columns);
  void ShowAround(std::vector<Row> wrapped, std::size_t cursor);
  void ChangeHeight(int rows);

  int columns_, rows_;
  Reflow reflow_;
  std::vector<Row> history_, window_;
  int row_ = 0, column_ = 0;  // of the cursor
  bool full_ = false;         // the next character goes into the next row
  bool wraps_ = true;
};

}  // namespace normlab
