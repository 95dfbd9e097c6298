#include "measure/fma_peak.h"

#include <cstdint>

#include "measure/together.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "measure/fma_peak.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Latency of 4 or 5 cycles x 2 units need 10 chains; without fused instructions 8 cycles x 1.5. Two
// registers are left for the factors.
constexpr int kChains = kManyRegisters ? 20 : 12;

// Returns the FLOP that it has done. Each chain converges to 2, so that no value grows or fades.
double MultiplyAdd(std::int64_t iterations) {
  const FloatTag d;
  const FloatVector factor = hn::Set(d, 0.5f), term = hn::Set(d, 1.0f);
  FloatVector chain[kChains];
  HWY_UNROLL(32)
  for (int k = 0; k < kChains; ++k) chain[k] = hn::Set(d, static_cast<float>(k));
  for (std::int64_t i = 0; i < iterations; ++i) {
    HWY_UNROLL(32)
    for (int k = 0; k < kChains; ++k) {
      chain[k] = hn::MulAdd(chain[k], factor, term);
      // The compiler may neither leave a chain out nor join scalar chains to a vector.
      asm volatile("" : "+v"(chain[k].raw));
    }
  }
  return 2.0 * kChains * kVectorSize * static_cast<double>(iterations);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

// Shorter than the time slice of a scheduler, so that some slices are whole on a busy machine too.
constexpr int kSlices = 10;
constexpr double kSliceSeconds = 0.001;
constexpr std::int64_t kProbe = 5000;  // iterations, for a first idea of the speed

double RunMultiplyAdds(Simd simd, std::int64_t iterations) {
  NORMLAB_DISPATCH(simd, MultiplyAdd(iterations));
}

int LanesOf(Simd simd) {
  switch (simd) {
    case Simd::kAvx512:
      return 16;
    case Simd::kAvx2:
      return 8;
    case Simd::kSse4:
      return 4;
    case Simd::kScalar:
      break;
  }
  return 1;
}

}  // namespace

double MeasureFmaPeak(Simd simd, ThreadPool& pool, int threads) {
  double flop = 0;
  const auto seconds = [&](std::int64_t iterations) {
    return SecondsTogether(pool, threads, [&](int thread) {
      const double done = RunMultiplyAdds(simd, iterations);
      if (thread == 0) flop = done * threads;
    });
  };
  const double probe = seconds(kProbe);
  const auto iterations = static_cast<std::int64_t>(kProbe * std::max(1.0, kSliceSeconds / probe));
  double best = 0;
  for (int slice = 0; slice < kSlices; ++slice) {
    const double passed = seconds(iterations);
    best = std::max(best, flop / passed);
  }
  return best;
}

double NominalFmaPeak(Simd simd, double clock) {
  const bool fused = simd == Simd::kAvx512 || simd == Simd::kAvx2;
  return clock * kAssumedUnits * LanesOf(simd) * (fused ? 2 : 1);
}

}  // namespace normlab
#endif
