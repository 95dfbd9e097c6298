#include "serve/live_page.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

std::string Sent(const std::vector<std::string_view>& pieces, std::size_t length) {
  std::string sent;
  while (sent.size() < TotalSize(pieces)) {
    const std::string_view piece = PieceAt(pieces, sent.size(), length);
    EXPECT_FALSE(piece.empty());
    EXPECT_LE(piece.size(), length);
    if (piece.empty()) break;
    sent += piece;
  }
  return sent;
}

TEST(LivePage, IsSentWholeInPiecesOfAnySize) {
  for (const LivePage& page :
       {LivePage{"<p>{1}</p>", "{1}"}, LivePage{"{1}", "{1}"}, LivePage{"{1}</p>{1}", "{1}"},
        LivePage{"<p>", "{1}"}, LivePage{"<p>", ""}}) {
    Snapshot snapshot;
    SetPage(page, snapshot);
    for (const std::size_t length : {1u, 2u, 3u, 7u, 100u}) {
      EXPECT_EQ(Sent(snapshot.PagePieces(), length), page.html);
      EXPECT_EQ(Sent(snapshot.DataPieces(), length), page.data);
    }
  }
}

}  // namespace
}  // namespace normlab
