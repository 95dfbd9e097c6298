// Threads that share the blocks of a batch.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "base/helpers.h"

namespace normlab {

// Each thread begins with its own share of the units, the same in every call, so that a block finds
// its maps in the cache of the core that wrote them; a thread that has done its share takes from
// the others'. What a unit computes depends on its index alone, so results are the same bits for
// any number of threads. No allocation after construction.
class ThreadPool {
 public:
  // The caller is one of them. Where the system gives fewer, the pool has fewer.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  enum class Order { kForwards, kBackwards };

  // task(unit, worker) for every unit in 0 .. units-1; returns when all are done. `worker` is in
  // 0 .. threads()-1, and no two calls with the same worker overlap. Each share is taken in the
  // order given. `task` must not throw.
  template <class Task>
  void ForEach(int units, Order order, const Task& task) {
    Run(
        units, order,
        [](const void* context, int unit, int worker) {
          (*static_cast<const Task*>(context))(unit, worker);
        },
        &task);
  }

 private:
  using Call = void (*)(const void* context, int unit, int worker);
  void Run(int units, Order order, Call call, const void* context);
  void TakeUnits(int worker);
  void Work(int worker);

  // One cache line each: threads count in their own.
  struct alignas(64) Share {
    std::atomic<int> taken{0};
    int first = 0;
    int count = 0;
  };

  Call call_ = nullptr;
  const void* context_ = nullptr;
  Order order_ = Order::kForwards;
  std::vector<Share> shares_;  // at least threads_
  std::atomic<std::uint32_t> round_{0};
  std::atomic<int> busy_{0};
  std::atomic<bool> stopping_{false};
  // Last: once they wait for work, nothing may throw before somebody is there to stop them.
  Helpers workers_;
  int threads_;
};

}  // namespace normlab
