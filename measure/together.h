// The same work on several threads at the same moment.
#pragma once

#include <algorithm>
#include <chrono>
#include <latch>
#include <vector>

#include "engine/fast/thread_pool.h"

namespace normlab {

// work(thread) on `threads` threads of the pool (which has at least as many), none before all are
// there; seconds from the first start to the last end. One thread: the caller, and the pool sleeps.
template <class Work>
double SecondsTogether(ThreadPool& pool, int threads, const Work& work) {
  using Clock = std::chrono::steady_clock;
  std::vector<Clock::time_point> starts(static_cast<std::size_t>(threads)), ends(starts);
  std::latch here(threads);
  const auto take_part = [&](int thread) {
    here.arrive_and_wait();
    starts[thread] = Clock::now();
    work(thread);
    ends[thread] = Clock::now();
  };
  if (threads == 1) {
    take_part(0);
  } else {
    pool.ForEach(threads, ThreadPool::Order::kForwards,
                 [&](int thread, int) { take_part(thread); });
  }
  return std::chrono::duration<double>(*std::max_element(ends.begin(), ends.end()) -
                                       *std::min_element(starts.begin(), starts.end()))
      .count();
}

}  // namespace normlab
