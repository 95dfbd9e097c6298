// A data set from the place where it is published into a folder where normlab finds it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "fetch/download.h"

namespace normlab {

struct FetchRequest {
  std::string data_dir;              // the flag's value; empty when not given
  std::string to;                    // the target; empty: data_dir, else FetchFolder()
  std::vector<std::string> mirrors;  // instead of the published addresses; laid out as the target
  DownloadLimits limits;
};

struct FetchResult {
  enum class End { kThere, kFetched, kStopped };
  End end = End::kThere;
  std::string path;  // of the set: a folder, or an archive
  std::size_t files = 0;
  std::uint64_t bytes = 0;  // of the files that were fetched
};

// $XDG_CACHE_HOME/normlab, by default ~/.cache/normlab. Throws UsageError when neither that
// variable nor HOME is set.
std::string FetchFolder();

// Of a published set. Nothing is fetched where the search, or the folder `to`, already gives a set
// whose files are all the published ones. Files of it that are there and are good stay as they are;
// under a final name there is never anything but a checked file. Throws UsageError for what is
// asked wrongly, RunError for what fails: the line then says what to type instead.
FetchResult FetchDataset(const DatasetInfo& info, const FetchRequest& request,
                         FetchObserver& observer, const std::atomic<bool>& stop);

}  // namespace normlab
