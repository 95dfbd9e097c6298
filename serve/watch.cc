#include "serve/watch.h"

#include <malloc.h>

#include <algorithm>
#include <utility>

#include "base/helpers.h"

namespace normlab {
namespace {

constexpr int kRestForEachBuild = 10;

}  // namespace

Watch::Watch(FolderReader reader, std::chrono::milliseconds interval)
    : reader_(std::move(reader)),
      interval_(interval),
      thread_(BeginThread("serve", [this] { Run(); })) {}

Watch::~Watch() {
  Stop();
  thread_.join();
}

void Watch::Run() {
  Lock lock(mutex_);
  while (true) {
    wanted_.wait(lock, [&] { return stop_ || asked_ || waiting_ > 0; });
    wanted_.wait_until(lock, next_look_, [&] { return stop_; });
    if (stop_) return;
    LookOnce(lock);
  }
}

void Watch::LookOnce(Lock& lock) {
  asked_ = false;
  lock.unlock();
  const auto start = Clock::now();
  std::shared_ptr<const Snapshot> snapshot = reader_.Read();
  // What a build takes on its way is many times what it leaves.
  if (snapshot) malloc_trim(0);
  const auto end = Clock::now();
  lock.lock();
  if (snapshot) {
    current_ = std::move(snapshot);
    changed_.notify_all();
  }
  next_look_ = end + std::max(interval_, kRestForEachBuild * (end - start));
  ++looks_;
  looked_.notify_all();
}

std::shared_ptr<const Snapshot> Watch::Current() {
  Lock lock(mutex_);
  if (!stop_ && (!current_ || Clock::now() >= next_look_)) {
    asked_ = true;
    wanted_.notify_one();
    looked_.wait(lock, [&, before = looks_] { return stop_ || looks_ != before; });
  }
  return stop_ ? nullptr : current_;
}

std::shared_ptr<const Snapshot> Watch::OtherThan(const std::string& version,
                                                 std::chrono::milliseconds patience) {
  Lock lock(mutex_);
  ++waiting_;
  wanted_.notify_one();
  const bool found = changed_.wait_for(
      lock, patience, [&] { return stop_ || (current_ && current_->version != version); });
  --waiting_;
  return found && !stop_ ? current_ : nullptr;
}

bool Watch::stopped() {
  const Lock lock(mutex_);
  return stop_;
}

void Watch::Stop() {
  {
    const Lock lock(mutex_);
    stop_ = true;
  }
  wanted_.notify_all();
  looked_.notify_all();
  changed_.notify_all();
}

}  // namespace normlab
