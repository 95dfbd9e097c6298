// The folders under watch: one thread looks, reads and builds, any number of others wait for what
// is new. Nobody looks while nobody asks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "serve/folder_reader.h"

namespace normlab {

class Watch {
 public:
  // Looks at most once every `interval`, and so rarely that building takes a tenth of a core.
  Watch(FolderReader reader, std::chrono::milliseconds interval);
  ~Watch();

  // At most one look old. Null after Stop.
  std::shared_ptr<const Snapshot> Current();

  // As soon as there is one that is not `version`; null where there is none after `patience`, and
  // after Stop.
  std::shared_ptr<const Snapshot> OtherThan(const std::string& version,
                                            std::chrono::milliseconds patience);

  bool stopped();
  void Stop();  // whoever waits goes on at once

 private:
  using Clock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  void Run();
  void LookOnce(Lock& lock);

  FolderReader reader_;  // of the thread that looks
  const Clock::duration interval_;
  std::mutex mutex_;
  std::condition_variable wanted_;  // somebody asks or waits, or all is over
  std::condition_variable looked_;
  std::condition_variable changed_;  // by a look
  std::shared_ptr<const Snapshot> current_;
  Clock::time_point next_look_;
  unsigned looks_ = 0;
  int waiting_ = 0;  // for other versions
  bool asked_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace normlab
