#include "serve/live_page.h"

#include <numeric>
#include <utility>

namespace normlab {

void SetPage(LivePage page, Snapshot& snapshot) {
  const std::size_t at = page.data.empty() ? std::string::npos : page.html.find(page.data);
  snapshot.embedded = at != std::string::npos;
  snapshot.before = page.html.substr(0, at);
  snapshot.after = snapshot.embedded ? page.html.substr(at + page.data.size()) : "";
  snapshot.data = std::move(page.data);
  snapshot.data.shrink_to_fit();
}

std::vector<std::string_view> Snapshot::PagePieces() const {
  if (!embedded) return {before};
  return {before, data, after};
}

std::string_view PieceAt(const std::vector<std::string_view>& pieces, std::size_t offset,
                         std::size_t length) {
  for (const std::string_view piece : pieces) {
    if (offset < piece.size()) return piece.substr(offset, length);
    offset -= piece.size();
  }
  return {};
}

std::size_t TotalSize(const std::vector<std::string_view>& pieces) {
  return std::accumulate(
      pieces.begin(), pieces.end(), std::size_t{0},
      [](std::size_t total, std::string_view piece) { return total + piece.size(); });
}

}  // namespace normlab
