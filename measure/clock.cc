#include "measure/clock.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace normlab {
namespace {

constexpr int kSlices = 10;
constexpr int kIterations = 200000;
constexpr int kChain = 8;

void Rotate() {
  std::uint32_t value = 1;
  for (int i = 0; i < kIterations; ++i) {
    asm volatile(
        "ror $7, %0\n\tror $7, %0\n\tror $7, %0\n\tror $7, %0\n\t"
        "ror $7, %0\n\tror $7, %0\n\tror $7, %0\n\tror $7, %0"
        : "+r"(value)
        :
        : "cc");
  }
}

}  // namespace

double MeasureClock() {
  double best = 0;
  for (int slice = 0; slice < kSlices; ++slice) {
    const auto start = std::chrono::steady_clock::now();
    Rotate();
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(kIterations) * kChain / passed.count());
  }
  return best;
}

}  // namespace normlab
