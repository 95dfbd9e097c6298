// What the server shows: made from run folders, told apart by its version.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "report/run_folder.h"

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
  std::string html;
  std::string data;     // empty where no folder can be read
  std::string message;  // a line for each folder that cannot be read, and why
};

}  // namespace normlab
