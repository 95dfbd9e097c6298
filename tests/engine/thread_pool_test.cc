#include "engine/fast/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>

#include "tests/left_out.h"
#include "tests/threads_left.h"

namespace normlab {
namespace {

constexpr auto kForwards = ThreadPool::Order::kForwards;
constexpr auto kBackwards = ThreadPool::Order::kBackwards;

TEST(ThreadPool, RunsEveryUnitOnceAndWaitsForAll) {
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    for (int units : {0, 1, 2, 7, 64}) {
      for (int round = 0; round < 50; ++round) {
        std::vector<int> runs(units);  // not atomic: TSan sees a unit that is taken twice
        pool.ForEach(units, round % 2 == 0 ? kForwards : kBackwards,
                     [&](int unit, int) { ++runs[unit]; });
        EXPECT_EQ(std::accumulate(runs.begin(), runs.end(), 0), units);
        for (int count : runs) EXPECT_EQ(count, 1);
      }
    }
  }
}

TEST(ThreadPool, OneThreadTakesUnitsInTheOrderGiven) {
  ThreadPool pool(1);
  std::vector<int> taken;
  for (const auto order : {kForwards, kBackwards}) {
    pool.ForEach(3, order, [&](int unit, int) { taken.push_back(unit); });
  }
  EXPECT_EQ(taken, (std::vector<int>{0, 1, 2, 2, 1, 0}));
}

TEST(ThreadPool, NeverRunsTwoUnitsAsTheSameWorkerAtOnce) {
  ThreadPool pool(3);
  std::vector<std::atomic<bool>> at_work(3);
  std::atomic<int> clashes{0};
  for (int round = 0; round < 200; ++round) {
    pool.ForEach(16, kForwards, [&](int unit, int worker) {
      if (at_work[worker].exchange(true)) ++clashes;
      if (unit == 0) std::this_thread::yield();  // the others take from this one's share
      at_work[worker] = false;
    });
  }
  EXPECT_EQ(clashes, 0);
}

TEST(ThreadPool, GoesOnAfterItsThreadsHaveFallenAsleep) {
  ThreadPool pool(4);
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::vector<int> squares(100);
    pool.ForEach(100, kForwards, [&](int unit, int) { squares[unit] = unit * unit; });
    for (int unit = 0; unit < 100; ++unit) EXPECT_EQ(squares[unit], unit * unit);
  }
}

void ExpectWorks(int asked, int come) {
  const ThreadsLeft left(come - 1);  // and the one that is here
  ThreadPool pool(asked);
  EXPECT_EQ(pool.threads(), come);
  for (int round = 0; round < 50; ++round) {
    std::vector<int> runs(7);
    pool.ForEach(7, kForwards, [&](int unit, int worker) {
      EXPECT_LT(worker, come);
      ++runs[unit];
    });
    for (int count : runs) EXPECT_EQ(count, 1);
  }
}

TEST(ThreadPool, WorksAloneWhereNoThreadComes) { ExpectWorks(4, 1); }

TEST(ThreadPool, WorksWithTheThreadsThatCome) {
  if (!kThreadsCanBeCounted)
    NORMLAB_LEFT_OUT(
        "a sanitizer's threads take memory of their own; the Release build of ./check");
  ExpectWorks(6, 3);
}

}  // namespace
}  // namespace normlab
