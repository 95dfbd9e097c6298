// Against SciPy and statsmodels (make_statistics_golden.py).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "statistics/family.h"
#include "statistics/holm.h"
#include "statistics/mcnemar.h"
#include "statistics/paired.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

const Json& Golden(const char* part) {
  static const Json golden =
      Json::parse(ReadFile(NORMLAB_TEST_DIR "/statistics/golden/statistics.json"));
  EXPECT_FALSE(golden.at(part).empty()) << part;
  return golden.at(part);
}

TEST(StatisticsGolden, IntervalsOfAMean) {
  for (const Json& row : Golden("intervals")) {
    const SampleSummary sample = SummarizeSample(row.at("values").get<std::vector<double>>());
    EXPECT_NEAR(sample.deviation, row.at("deviation"), 1e-12);
    const ConfidenceInterval interval = MeanInterval(sample, row.at("confidence"));
    EXPECT_NEAR(interval.low, row.at("low"), 1e-9) << row;
    EXPECT_NEAR(interval.high, row.at("high"), 1e-9) << row;
  }
}

TEST(StatisticsGolden, PairedTestsAndEquivalence) {
  for (const Json& row : Golden("pairs")) {
    const auto a = row.at("a").get<std::vector<double>>(),
               b = row.at("b").get<std::vector<double>>();
    const PairedTest test = TestPairs(a, b, 0);
    EXPECT_NEAR(test.p, row.at("p"), 1e-10) << row;
    EXPECT_NEAR(EquivalenceP(test.difference, row.at("margin"), 0), row.at("equivalence_p"), 1e-10)
        << row;
  }
}

TEST(StatisticsGolden, DiscordantImages) {
  for (const Json& row : Golden("discordant")) {
    EXPECT_NEAR(TestDiscordant(row.at("only_first"), row.at("only_second")).p, row.at("p"), 1e-12)
        << row;
  }
}

TEST(StatisticsGolden, Families) {
  for (const Json& row : Golden("families")) {
    const auto adjusted = HolmAdjusted(row.at("p").get<std::vector<double>>());
    const auto expected = row.at("adjusted").get<std::vector<double>>();
    ASSERT_EQ(adjusted.size(), expected.size());
    for (std::size_t i = 0; i < adjusted.size(); ++i) EXPECT_NEAR(adjusted[i], expected[i], 1e-12);
  }
}

TEST(StatisticsGolden, PowersAndPairsToResolve) {
  for (const Json& row : Golden("powers")) {
    EXPECT_NEAR(PowerOfPairs(10, row.at("effect"), 1), row.at("power_of_10"), 1e-7) << row;
    EXPECT_EQ(PairsToResolve(row.at("effect"), 1, 0.05, row.at("power")), row.at("pairs")) << row;
  }
}

TEST(StatisticsGolden, ChangesOfOneFamily) {
  for (const Json& row : Golden("changes")) {
    std::vector<Change> family;
    for (const Json& differences : row.at("differences")) {
      family.push_back({differences.get<std::vector<double>>(), 0});
    }
    const std::vector<JudgedChange> judged = JudgeFamily(family, 0.05);
    ASSERT_EQ(judged.size(), row.at("adjusted").size());
    for (std::size_t i = 0; i < judged.size(); ++i) {
      EXPECT_NEAR(judged[i].test.p, row.at("p")[i], 1e-10) << row;
      EXPECT_NEAR(judged[i].adjusted_p, row.at("adjusted")[i], 1e-10) << row;
      EXPECT_EQ(judged[i].shown, row.at("adjusted")[i] <= 0.05);
    }
  }
}

}  // namespace
}  // namespace normlab
