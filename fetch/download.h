// One file from the first of several addresses that has it: resumed, checked, and under its name
// only when it is whole.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"

namespace normlab {

class FetchObserver {
 public:
  virtual ~FetchObserver() = default;
  // Bytes of `name` that are here, of `total`; 0: not known. Called for every piece that arrives.
  virtual void OnProgress(const std::string& name, std::uint64_t here, std::uint64_t total) = 0;
  // The file has ended, well or not.
  virtual void OnFileEnd() = 0;
  virtual void OnMessage(const std::string& line) = 0;
};

struct Download {
  std::string name;               // for people
  std::vector<std::string> urls;  // in the order in which they are tried
  std::string target;
  std::string shadow;         // a name under which the same file would be read first; may be empty
  std::uint64_t usual = 0;    // bytes, shown where a server does not say
  std::uint64_t largest = 0;  // more than this is refused
  // Empty when the file at `path` is the wanted one, else a line that says why not.
  std::function<std::string(const std::string& path)> problem;
};

// No address had the file: the network's fault or the servers'.
struct UnreachableError : RunError {
  using RunError::RunError;
};

struct DownloadLimits {
  double stall_seconds = 30;  // HttpRequest's
  double pause_seconds = 1;   // before another try at the same address
};

enum class DownloadEnd {
  kThere,    // the target was the wanted file already
  kFetched,  // it is now
  kStopped,  // `stop` was set; what has come is kept in TARGET.part and the next call goes on there
};

// A try that brought more than any before earns
// another one at the same address. What stands under the target's name or its shadow and is not the
// wanted file is renamed, never overwritten. Throws UnreachableError with every address's reason,
// RunError when the file cannot be written.
DownloadEnd DownloadFile(const Download& download, const DownloadLimits& limits,
                         FetchObserver& observer, const std::atomic<bool>& stop);

}  // namespace normlab
