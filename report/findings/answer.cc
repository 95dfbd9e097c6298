#include "report/findings/answer.h"

#include <fmt/format.h>

namespace normlab {

Cells AnswerTable(Cells table) {
  const std::size_t rows = table.size() - 1;
  if (rows <= kMostAnswerRows) return table;
  table.resize(kMostAnswerRows);
  std::vector<std::string> last(table.front().size());
  last.front() = fmt::format("and {} more", rows - (kMostAnswerRows - 1));
  table.push_back(std::move(last));
  return table;
}

}  // namespace normlab
