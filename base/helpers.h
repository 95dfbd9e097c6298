// Threads, of which the system may refuse any: `ulimit -u`, a container's limit of processes, no
// memory for one more stack. Every thread of the program is begun here.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <new>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"

namespace normlab {

// Threads beside the calling one, for work that one thread can do alone: as many as come. Joined by
// the destructor, so work that waits must have been told to end by then.
class Helpers {
 public:
  Helpers() = default;

  // Calls work(number) of a copy of `work` on each, number = 1 ... count(), count() <= most.
  template <class Work>
  Helpers(std::size_t most, const Work& work) {
    try {
      threads_.reserve(most);
      for (std::size_t number = 1; number <= most; ++number) threads_.emplace_back(work, number);
    } catch (const std::system_error&) {  // no further thread
    } catch (const std::bad_alloc&) {
    }
  }

  std::size_t count() const { return threads_.size(); }
  void Join() { threads_.clear(); }

 private:
  std::vector<std::jthread> threads_;
};

// A thread without which nothing goes on. Throws RunError where the system refuses it: "serve:
// cannot begin a thread (...)" for the purpose "serve".
template <class Work>
std::thread BeginThread(std::string_view purpose, Work work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error& error) {
    throw RunError(fmt::format(
        "{}: cannot begin a thread ({}); allow more processes (ulimit -u, a container's limit of "
        "pids) or more memory",
        purpose, error.code().message()));
  }
}

}  // namespace normlab
