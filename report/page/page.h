// One page that holds everything of one study or several: results, charts, misses and findings, for
// a browser that asks nobody for anything. Its front end lies in web/ (docs/page.md).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "records/run_folder.h"

namespace normlab {

// The page's data stay below this, whatever the runs hold: pictures are left out first, those that
// the fewest trainings miss before the others, and counted.
inline constexpr std::size_t kMostPageDataBytes = 7'500'000;

struct PageStudy {
  const RunRecord* run = nullptr;
  // Only its title, class names, shape and test split are read. Null where the data set is not at
  // hand: the page then lacks the pictures, and the right answers in confusion matrices.
  const Dataset* dataset = nullptr;
};

// What the page shows, as JSON in one line; docs/page.md has every field. Safe inside <script>: no
// markup that a record holds can end the element. Requires a study. Throws DataError where a run
// does not belong to its data set.
std::string PageData(const std::vector<PageStudy>& studies);

// False where normlab was built with -DNORMLAB_WEB=OFF.
bool HasPage();

// The page around what PageData gave. A live page listens to the server-sent events of "events"
// and, at each message whose data are "data", fetches "data.json" (what PageData gives then) and
// shows it in place; it may ask its own server, a page on disk nobody. Throws UsageError where
// there is no page in this build.
std::string PageHtml(const std::string& data, bool live);

}  // namespace normlab
