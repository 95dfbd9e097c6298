// Networks drawn from the whole grammar, the fast engine against its plain twin.
//
// Every run draws the same few; NORMLAB_RANDOM_NETWORKS=5000 draws as many as it says, and
// NORMLAB_RANDOM_SEED=7 others:
//
//   NORMLAB_RANDOM_NETWORKS=5000 build/tests/engine_test --gtest_filter='RandomNetworks.*'
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/engine/from_environment.h"
#include "tests/engine/random_architecture.h"

namespace normlab {
namespace {

constexpr int kNetworks = 150;

bool CanBeBuilt(const Case& c) {
  try {
    const Architecture architecture = ParseArchitecture(c.model, c.input, c.classes, c.options);
    CheckBatchStatistics(architecture, c.batch);
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

// A gradient that cancels (in front of an instance normalization whose map is averaged, say) is
// rounding alone, 2^29 times as much in float32 as in double: four times that is granted; where it
// cancels but for eps, or in double to the last bit, 16 roundings of the network's largest one. And
// with a running variance near 0 losses are large numbers.
constexpr Tolerance kTolerance = {0x1p-20, 0x1p31, 1e-5};

TEST(RandomNetworks, FollowTheTwin) {
  const std::uint64_t seed = FromEnvironment("NORMLAB_RANDOM_SEED", 1);
  const auto networks = static_cast<int>(FromEnvironment("NORMLAB_RANDOM_NETWORKS", kNetworks));
  const std::vector<Simd> instruction_sets = SupportedSimd();
  int built = 0, pools_first = 0, redrawn = 0;
  std::uint32_t number = 0;
  for (; built < networks; ++number) {
    Case c = RandomArchitecture(seed, number).Draw();
    if (!CanBeBuilt(c)) continue;
    c.simd = instruction_sets[static_cast<std::size_t>(built) % instruction_sets.size()];
    ++built;
    pools_first += std::string("PAG").find(c.model.front()) != std::string::npos;
    EXPECT_EQ(DifferencesWithAnyWeights(c, kTolerance, &redrawn), "")
        << "seed " << seed << ", number " << number << ": " << Describe(c);
  }
  std::printf(
      "seed %llu: %d networks of %u lines, %d begin with a pool, weights redrawn %d times\n",
      static_cast<unsigned long long>(seed), built, number, pools_first, redrawn);
  EXPECT_GT(pools_first, networks / 20);
  EXPECT_LE(redrawn, networks / 20);
}

}  // namespace
}  // namespace normlab
