#include "engine/fast/thread_pool.h"

#include <algorithm>

namespace normlab {
namespace {

// A stage lasts a fraction of a millisecond and the next one follows at once, so a short spin is
// cheaper than a sleep; an idle pool sleeps.
constexpr int kSpins = 4000;

template <class T, class Done>
void SpinThenWait(const std::atomic<T>& value, const Done& done) {
  for (int i = 0; i < kSpins; ++i) {
    if (done(value.load(std::memory_order_acquire))) return;
    __builtin_ia32_pause();
  }
  for (T seen = value.load(std::memory_order_acquire); !done(seen);
       seen = value.load(std::memory_order_acquire)) {
    value.wait(seen, std::memory_order_acquire);
  }
}

}  // namespace

ThreadPool::ThreadPool(int threads)
    : shares_(static_cast<std::size_t>(std::max(threads, 1))),
      workers_(shares_.size() - 1, [this](std::size_t number) { Work(static_cast<int>(number)); }),
      threads_(1 + static_cast<int>(workers_.count())) {}

ThreadPool::~ThreadPool() {
  stopping_.store(true, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  workers_.Join();
}

void ThreadPool::Run(int units, Order order, Call call, const void* context) {
  order_ = order;
  call_ = call;
  context_ = context;
  for (int i = 0; i < threads(); ++i) {
    shares_[i].taken.store(0, std::memory_order_relaxed);
    shares_[i].first = units * i / threads();
    shares_[i].count = units * (i + 1) / threads() - shares_[i].first;
  }
  busy_.store(threads_ - 1, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  TakeUnits(0);
  SpinThenWait(busy_, [](int busy) { return busy == 0; });
}

void ThreadPool::TakeUnits(int worker) {
  for (int i = 0; i < threads(); ++i) {
    Share& share = shares_[(worker + i) % threads()];
    for (int k = share.taken.fetch_add(1, std::memory_order_relaxed); k < share.count;
         k = share.taken.fetch_add(1, std::memory_order_relaxed)) {
      call_(context_, share.first + (order_ == Order::kForwards ? k : share.count - 1 - k), worker);
    }
  }
}

void ThreadPool::Work(int worker) {
  for (std::uint32_t done_round = 0;; ++done_round) {
    SpinThenWait(round_, [&](std::uint32_t round) { return round != done_round; });
    if (stopping_.load(std::memory_order_relaxed)) return;
    TakeUnits(worker);
    if (busy_.fetch_sub(1, std::memory_order_release) == 1) busy_.notify_one();
  }
}

}  // namespace normlab
