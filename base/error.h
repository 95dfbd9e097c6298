// What a user can do wrong, and the exit code that says so (documented in docs/exit-codes.md).
//
// A user's mistake or a broken file is an Error with one clear line: what, where, expected, found,
// what to do. A programmer's mistake is an assert and never reachable from input.
#pragma once

#include <stdexcept>
#include <string>

namespace normlab {

enum class ExitCode : int {
  kDone = 0,
  kFailed = 1,      // failed at run time: I/O, an arm that diverged
  kUsage = 2,       // bad flag, key, value, model; refused before any data is read
  kData = 3,        // data set missing, broken, or with a wrong checksum
  kDifference = 4,  // a comparison that was asked for found a difference
  // Paused, the state saved: 128 + the signal, as shells report it.
  kHungUp = 129,
  kInterrupted = 130,
  kUser1 = 138,
  kUser2 = 140,
  kTerminated = 143,
};

class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& line) : std::runtime_error(line), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

struct UsageError : Error {
  explicit UsageError(const std::string& line) : Error(ExitCode::kUsage, line) {}
};
struct DataError : Error {
  explicit DataError(const std::string& line) : Error(ExitCode::kData, line) {}
};
struct RunError : Error {
  explicit RunError(const std::string& line) : Error(ExitCode::kFailed, line) {}
};

}  // namespace normlab
