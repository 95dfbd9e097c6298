// Findings are honest: in a thousand made-up studies without a difference something "beats"
// something in at most 6 %; where a difference was planted, as often as the power says.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/philox.h"
#include "statistics/compare.h"

namespace normlab {
namespace {

constexpr int kStudies = 1000;

class Normals {
 public:
  explicit Normals(std::uint32_t study) : stream_(11, Purpose::kBootstrap, 1, study) {}
  // Box and Muller 1958.
  double Next(double mean, double deviation) {
    const double radius = std::sqrt(-2 * std::log(1 - stream_.Uniform()));
    return mean + deviation * radius * std::cos(2 * std::numbers::pi * stream_.Uniform());
  }

 private:
  RandomStream stream_;
};

struct Design {
  int models = 3;
  int seeds = 5;
  double deviation = 0.4;     // of a model's accuracy from seed to seed, percent
  double seed_deviation = 0;  // that all models of a seed share
  double resolution = 0.01;   // accuracies are counts of 10,000 images
  double lead = 0;            // of the first model
};

std::vector<Comparison> Study(const Design& design, int number) {
  Normals normals(static_cast<std::uint32_t>(number));
  std::vector<NamedSample> samples(static_cast<std::size_t>(design.models));
  for (int seed = 0; seed < design.seeds; ++seed) {
    const double shared = normals.Next(76, design.seed_deviation);
    for (int m = 0; m < design.models; ++m) {
      const double value = shared + normals.Next(m == 0 ? design.lead : 0, design.deviation);
      auto& sample = samples[static_cast<std::size_t>(m)];
      sample.name = std::to_string(m);
      sample.values.push_back(std::round(value / design.resolution) * design.resolution);
    }
  }
  return CompareAll(samples, {.alpha = 0.05, .margin = 0.5, .resolution = design.resolution});
}

int StudiesThatFind(const Design& design) {
  int found = 0;
  for (int study = 0; study < kStudies; ++study) {
    bool any = false;
    for (const Comparison& pair : Study(design, study)) any |= pair.verdict == Verdict::kBeats;
    found += any;
  }
  return found;
}

TEST(Honesty, WithoutADifferenceAtMostSixPercentFindOne) {
  for (const int models : {2, 3, 15}) {
    for (const int seeds : {3, 5, 20}) {
      for (const double deviation : {0.05, 0.4}) {
        const Design design{.models = models, .seeds = seeds, .deviation = deviation};
        const int found = StudiesThatFind(design);
        EXPECT_LE(found, kStudies * 6 / 100)
            << models << " models, " << seeds << " seeds, deviation " << deviation;
        if (models == 2) {
          EXPECT_GT(found, 0) << "a test that finds nothing is no test";
        }
      }
    }
  }
}

// Differences have the deviation 0.4 sqrt(2) whatever the seeds share.
TEST(Honesty, APlantedDifferenceIsFoundAsOftenAsThePowerSays) {
  for (const double lead : {0.3, 0.6, 1.2}) {
    for (const double shared : {0.0, 2.0}) {
      const Design design{.models = 2, .seeds = 8, .seed_deviation = shared, .lead = lead};
      const double power = PowerOfPairs(8, lead, 0.4 * std::numbers::sqrt2);
      // Four deviations of a count among a thousand.
      const double room = 4 * std::sqrt(power * (1 - power) * kStudies) + 1;
      EXPECT_NEAR(StudiesThatFind(design), power * kStudies, room) << lead << ", " << shared;
    }
  }
}

TEST(Honesty, EquivalenceIsClaimedRarelyAtTheMarginAndOftenAtZero) {
  const auto claimed = [](double lead, double deviation) {
    int count = 0;
    for (int study = 0; study < kStudies; ++study) {
      const Design design{.models = 2, .seeds = 10, .deviation = deviation, .lead = lead};
      count += Study(design, study)[0].equivalence_p <= 0.05;
    }
    return count;
  };
  EXPECT_LE(claimed(0.5, 0.3), kStudies * 7 / 100) << "the difference is the margin itself";
  EXPECT_GE(claimed(0, 0.1), kStudies * 99 / 100);
}

TEST(CompareAll, TestsNothingWithTooFewSeeds) {
  const std::vector<NamedSample> samples = {{"a", {99, 98}}, {"b", {50, 51}}};
  const auto pairs = CompareAll(samples, {});
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].verdict, Verdict::kTooFewSeeds);
  EXPECT_EQ(pairs[0].adjusted_p, 1);
}

TEST(CompareAll, NamesTheBetterFirstAndEveryPairOnce) {
  const std::vector<NamedSample> samples = {
      {"low", {10, 11, 12, 13}}, {"high", {90, 92, 91, 93}}, {"middle", {50, 52, 51, 50}}};
  const auto pairs = CompareAll(samples, {.margin = 0.5, .resolution = 0.01});
  ASSERT_EQ(pairs.size(), 3u);
  EXPECT_EQ(pairs[0].first + ">" + pairs[0].second, "high>low");
  EXPECT_EQ(pairs[1].first + ">" + pairs[1].second, "middle>low");
  EXPECT_EQ(pairs[2].first + ">" + pairs[2].second, "high>middle");
  for (const Comparison& pair : pairs) {
    EXPECT_EQ(pair.verdict, Verdict::kBeats);
    EXPECT_GE(pair.adjusted_p, pair.test.p);
    EXPECT_EQ(SeedsToResolve(pair, {}), kFewestForTest);
  }
}

}  // namespace
}  // namespace normlab
