#include "measure/bandwidth.h"

#include <algorithm>
#include <new>

#include "measure/together.h"

namespace normlab {
namespace {

constexpr std::size_t kCacheNotKnown = std::size_t{32} << 20;
constexpr float kFactor = 3.0f;

void RunTriad(float* a, const float* b, const float* c, std::size_t first, std::size_t end) {
  for (std::size_t i = first; i < end; ++i) a[i] = b[i] + kFactor * c[i];
}

}  // namespace

std::size_t BandwidthBytes(const Hardware& hardware) {
  const std::size_t wanted = 4 * (hardware.last_cache > 0 ? hardware.last_cache : kCacheNotKnown);
  if (hardware.available_memory == 0) return wanted;
  return std::min(wanted, hardware.available_memory / 4);
}

BandwidthArrays::BandwidthArrays(std::size_t bytes, ThreadPool& pool, int threads)
    : size_(std::max<std::size_t>(1, bytes / (3 * sizeof(float)))),
      a_(hwy::AllocateAligned<float>(size_)),
      b_(hwy::AllocateAligned<float>(size_)),
      c_(hwy::AllocateAligned<float>(size_)) {
  if (a_ == nullptr || b_ == nullptr || c_ == nullptr) throw std::bad_alloc();
  // Touched by the threads that will use them: a page lies near the one that touches it first.
  SecondsTogether(pool, threads, [&](int thread) {
    const std::size_t first = size_ * thread / threads, end = size_ * (thread + 1) / threads;
    std::fill(a_.get() + first, a_.get() + end, 0.0f);
    std::fill(b_.get() + first, b_.get() + end, 1.0f);
    std::fill(c_.get() + first, c_.get() + end, 2.0f);
  });
}

double BandwidthArrays::Triad(ThreadPool& pool, int threads) {
  const double seconds = SecondsTogether(pool, threads, [&](int thread) {
    RunTriad(a_.get(), b_.get(), c_.get(), size_ * thread / threads,
             size_ * (thread + 1) / threads);
  });
  return static_cast<double>(bytes()) / seconds;
}

}  // namespace normlab
