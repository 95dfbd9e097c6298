// What a section of the findings says first.
#pragma once

#include <string>

#include "base/text_table.h"

namespace normlab {

// Plain text: names and labels as they stand in the records.
struct Answer {
  std::string meaning;  // one sentence that can be repeated, without a symbol
  Cells table;          // the figures behind it, a header and at most kMostAnswerRows; or empty
};

inline constexpr std::size_t kMostAnswerRows = 10;

// Of a longer table the first rows, and one that counts the others.
Cells AnswerTable(Cells table);

}  // namespace normlab
