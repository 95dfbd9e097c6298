// A text that grows line by line, for tables that are printed.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

namespace normlab {

class TextLines {
 public:
  // Blanks at the end of the line are dropped: they are what padding leaves of an empty last cell.
  template <class... Values>
  void Line(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
    while (text_.ends_with(' ')) text_.pop_back();
    text_ += '\n';
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace normlab
