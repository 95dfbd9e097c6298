// Threads that share the blocks of a batch.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace normlab {

// Each thread begins with its own share of the units, the same in every call, so that a block finds
// its maps in the cache of the core that wrote them; a thread that has done its share takes from
// the others'. What a unit computes depends on its index alone, so results are the same bits for
// any number of threads. No allocation after construction.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // the caller is one of them
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(shares_.size()); }

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

  std::vector<std::jthread> workers_;
  Call call_ = nullptr;
  const void* context_ = nullptr;
  Order order_ = Order::kForwards;
  std::vector<Share> shares_;
  std::atomic<std::uint32_t> round_{0};
  std::atomic<int> busy_{0};
  std::atomic<bool> stopping_{false};
};

}  // namespace normlab
