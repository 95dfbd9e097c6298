// What the server shows: made from run folders, told apart by its version.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

struct LivePage {
  std::string html;  // the page: listens to "events" and fetches "data.json" at each message "data"
  std::string data;  // what it shows, as JSON; the same bytes for the same runs
};

// Called in one thread only. May throw Error.
using BuildLivePage = std::function<LivePage(const std::vector<RunRecord>&)>;

// One state of the folders.
struct Snapshot {
  std::string version;  // 16 hexadecimal digits of the SHA-256 of what is shown
  std::string data;     // empty where no folder can be read
  // The page is what stands before the data, the data, and what stands after: kept once. Where a
  // page does not hold its data, all of it stands before and `embedded` is false.
  std::string before, after;
  bool embedded = false;
  std::string message;  // a line for each folder that cannot be read, and why

  // What is sent, in order.
  std::vector<std::string_view> PagePieces() const;
  std::vector<std::string_view> DataPieces() const { return {data}; }
};

// Takes the page apart.
void SetPage(LivePage page, Snapshot& snapshot);

// At most `length` bytes, and at least one, from `offset` on, of pieces in a row; offset lies
// within them.
std::string_view PieceAt(const std::vector<std::string_view>& pieces, std::size_t offset,
                         std::size_t length);
std::size_t TotalSize(const std::vector<std::string_view>& pieces);

}  // namespace normlab
