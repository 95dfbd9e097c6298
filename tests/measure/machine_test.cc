// What is computed of the machine, not what is measured on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/bandwidth.h"
#include "measure/fma_peak.h"
#include "measure/noise.h"
#include "measure/together.h"

namespace normlab {
namespace {

constexpr std::size_t kMebi = std::size_t{1} << 20;

TEST(NominalFmaPeak, IsClockTimesUnitsTimesLanesTimesTwo) {
  EXPECT_EQ(NominalFmaPeak(Simd::kAvx512, 1e9), 64e9);
  EXPECT_EQ(NominalFmaPeak(Simd::kAvx2, 1e9), 32e9);
  EXPECT_EQ(NominalFmaPeak(Simd::kSse4, 1e9), 8e9) << "two instructions a multiply-add";
  EXPECT_EQ(NominalFmaPeak(Simd::kScalar, 1e9), 2e9);
}

TEST(BandwidthBytes, AreFourCachesButAtMostAQuarterOfTheFreeMemory) {
  Hardware hardware;
  hardware.last_cache = 10 * kMebi;
  EXPECT_EQ(BandwidthBytes(hardware), 40 * kMebi);
  hardware.available_memory = 1000 * kMebi;
  EXPECT_EQ(BandwidthBytes(hardware), 40 * kMebi);
  hardware.available_memory = 80 * kMebi;
  EXPECT_EQ(BandwidthBytes(hardware), 20 * kMebi);
}

TEST(SecondsTogether, GivesEveryThreadItsPartOnce) {
  ThreadPool pool(3);
  std::vector<int> calls(3);
  EXPECT_GT(SecondsTogether(pool, 3, [&](int thread) { ++calls[thread]; }), 0);
  EXPECT_THAT(calls, testing::Each(1));
}

// A quiet machine: two cores of four.
BenchReport Quiet() {
  BenchReport report;
  report.hardware.cores = 4;
  report.hardware.load = 2.4;
  report.threads = 2;
  report.simd = Simd::kAvx2;
  report.peaks = {{Simd::kAvx2, {}, {97, 95, 100}}, {Simd::kScalar, {}, {50, 10, 100}}};
  return report;
}

TEST(NoiseWarnings, AreNoneOnAQuietMachine) {
  EXPECT_THAT(NoiseWarnings(Quiet()), testing::IsEmpty())
      << "the scalar peak's rounds are not what is divided by";
}

TEST(NoiseWarnings, TellOfOtherProgramsAndOfAnUnsteadyPeak) {
  BenchReport report = Quiet();
  report.hardware.load = 2.6;
  EXPECT_THAT(NoiseWarnings(report),
              testing::ElementsAre(testing::HasSubstr("load average was 2.6")));
  report = Quiet();
  report.peaks[0].all_threads.least = 85;
  EXPECT_THAT(NoiseWarnings(report), testing::ElementsAre(testing::HasSubstr("differs by 15 %")));
}

TEST(NoiseWarnings, DoNotCallOurOwnThreadsOthers) {
  BenchReport report = Quiet();
  report.hardware.load = 0.2;
  report.threads = 16;
  EXPECT_THAT(NoiseWarnings(report), testing::IsEmpty());
}

}  // namespace
}  // namespace normlab
