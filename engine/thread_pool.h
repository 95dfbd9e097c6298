// Threads that share the blocks of a batch.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace normlab {

// Which thread takes which unit is left to chance; what a unit computes depends on its index alone,
// so results are the same bits for any number of threads. No allocation after construction.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // the caller is one of them
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // task(unit) for every unit in 0 .. units-1; returns when all are done. `task` must not throw.
  template <class Task>
  void ForEach(int units, const Task& task) {
    Run(
        units, [](const void* context, int unit) { (*static_cast<const Task*>(context))(unit); },
        &task);
  }

 private:
  using Call = void (*)(const void* context, int unit);
  void Run(int units, Call call, const void* context);
  void TakeUnits();
  void Work();

  std::vector<std::jthread> workers_;
  Call call_ = nullptr;
  const void* context_ = nullptr;
  int units_ = 0;
  std::atomic<int> next_unit_{0};
  std::atomic<std::uint32_t> round_{0};
  std::atomic<int> busy_{0};
  std::atomic<bool> stopping_{false};
};

}  // namespace normlab
