#include "report/comparison/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;

constexpr int kImages = 1000;

// A finished arm that misses these images of kImages.
ArmRecord Arm(const std::string& label, const std::string& norm, std::uint64_t seed,
              const std::vector<int>& missed) {
  ArmRecord arm;
  arm.folder = norm + "-seed" + std::to_string(seed);
  arm.label = label;
  arm.norm = norm;
  arm.seed = seed;
  arm.state = "finished";
  EpochRecord row;
  row.epoch = 1;
  row.test_accuracy = 100.0 * (kImages - static_cast<int>(missed.size())) / kImages;
  arm.metrics = {row};
  for (const int index : missed)
    arm.errors.push_back({.index = index, .truth = 0, .prediction = 1});
  return arm;
}

std::vector<int> First(int count) {
  std::vector<int> indices(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) indices[static_cast<std::size_t>(i)] = i;
  return indices;
}

ArmRecord Arm(const std::string& norm, std::uint64_t seed, int misses) {
  return Arm(norm, norm, seed, First(misses));
}

RunRecord Study(const std::string& path, std::vector<ArmRecord> arms) {
  RunRecord run;
  run.path = path;
  run.recipe = "mine";
  run.dataset = "folder:photos";
  run.class_names = {"cat", "dog"};
  run.arms = std::move(arms);
  return run;
}

// Two-sided, of Student's t with two degrees of freedom, whose distribution has a closed form.
double PWithTwoDegrees(double t) { return 1 - std::abs(t) / std::sqrt(t * t + 2); }
constexpr double kQuantileOfTwo = 4.302652729911275;  // 97.5 %, any table

TEST(Comparison, PairsModelsBySeedAndAdjustsOverThem) {
  // Differences in points: batch 1.0, 1.2, 1.1; layer 0.1, -0.3, 0.5.
  const RunRecord a = Study("a", {Arm("batch", 1, 60), Arm("batch", 2, 62), Arm("batch", 3, 61),
                                  Arm("layer", 1, 51), Arm("layer", 2, 47), Arm("layer", 3, 55)});
  // In another order, and with a seed that a lacks.
  const RunRecord b = Study(
      "b", {Arm("layer", 3, 50), Arm("layer", 2, 50), Arm("layer", 1, 50), Arm("layer", 9, 999),
            Arm("batch", 1, 50), Arm("batch", 2, 50), Arm("batch", 3, 50)});
  const RunComparison comparison = CompareRuns(a, b);
  EXPECT_EQ(comparison.test_images, kImages);
  ASSERT_EQ(comparison.models.size(), 2u);
  const double root = std::sqrt(3.0);
  const double deviation[] = {0.1, 0.4}, mean[] = {1.1, 0.1};
  double p[2];
  for (int i = 0; i < 2; ++i) {
    const ModelComparison& each = comparison.models[i];
    EXPECT_THAT(each.models.seeds, ElementsAre(1, 2, 3));
    ASSERT_TRUE(each.test);
    EXPECT_NEAR(each.difference.mean, mean[i], 1e-12);
    const double half = kQuantileOfTwo * deviation[i] / root;
    EXPECT_NEAR(each.test->test.interval.low, mean[i] - half, 1e-9);
    EXPECT_NEAR(each.test->test.interval.high, mean[i] + half, 1e-9);
    p[i] = PWithTwoDegrees(mean[i] / (deviation[i] / root));
    EXPECT_NEAR(each.test->test.p, p[i], 1e-9);
  }
  EXPECT_LT(p[0], p[1]);
  EXPECT_NEAR(comparison.models[0].test->adjusted_p, 2 * p[0], 1e-9);
  EXPECT_NEAR(comparison.models[1].test->adjusted_p, std::max(2 * p[0], p[1]), 1e-9);
  EXPECT_EQ(comparison.models[0].test->verdict, Verdict::kBeats);
  EXPECT_EQ(comparison.models[1].test->verdict, Verdict::kNotDistinguishable);
  EXPECT_EQ(comparison.models[1].seeds_to_resolve, PairsToResolve(0.1, 0.4));
  EXPECT_THAT(comparison.networks, IsEmpty());

  const std::string text = ComparisonText(a, b, comparison);
  EXPECT_THAT(text, HasSubstr("batch: B beats A by 1.10 points at n = 3."));
  EXPECT_THAT(text, HasSubstr("layer: A and B are not distinguishable at n = 3."));
  EXPECT_THAT(text, HasSubstr("[-0.89, +1.09]"));
  const RunComparison turned = CompareRuns(b, a);
  EXPECT_THAT(ComparisonText(b, a, turned), HasSubstr("batch: A beats B by 1.10 points at n = 3."));
}

TEST(Comparison, OfOneSeedIsOfItsImages) {
  // Of the images that one of the two misses, A alone misses 7 and B alone 1.
  const RunRecord a = Study("a", {Arm("batch", "batch", 4, {1, 2, 3, 4, 5, 6, 7, 20})});
  const RunRecord b = Study("b", {Arm("batch", "batch", 4, {20, 8})});
  const RunComparison comparison = CompareRuns(a, b);
  ASSERT_EQ(comparison.networks.size(), 1u);
  EXPECT_FALSE(comparison.models[0].test);
  const NetworkComparison& networks = comparison.networks[0];
  EXPECT_EQ(networks.test.only_first, 1);
  EXPECT_EQ(networks.test.only_second, 7);
  EXPECT_NEAR(networks.adjusted_p, 2 * (1 + 8) / 256.0, 1e-12);
  const std::string text = ComparisonText(a, b, comparison);
  EXPECT_THAT(text,
              HasSubstr("1 images only A gets right, 7 only B (McNemar, exact, p = 0.07): not "
                        "distinguishable"));
  EXPECT_THAT(text, HasSubstr("with seed 4 nothing can be said"));
  EXPECT_THAT(text, Not(HasSubstr("beats")));
}

TEST(Comparison, SaysWhereTheMissesAreMissing) {
  ArmRecord without = Arm("batch", 1, 30);
  without.errors.clear();
  const RunRecord a = Study("a", {without}), b = Study("b", {Arm("batch", 1, 20)});
  const RunComparison comparison = CompareRuns(a, b);
  ASSERT_EQ(comparison.networks.size(), 1u);
  EXPECT_THAT(comparison.networks[0].problem, HasSubstr("batch-seed1/errors.csv"));
  EXPECT_THAT(ComparisonText(a, b, comparison), HasSubstr("not tested"));
  // Who misses nothing has no file to miss.
  const RunRecord perfect = Study("c", {Arm("batch", 1, 0)});
  EXPECT_EQ(CompareRuns(perfect, b).networks[0].problem, "");
  EXPECT_EQ(CompareRuns(perfect, b).networks[0].test.only_first, 20);
}

TEST(Comparison, MatchesByLabelThenByTheOnlyModelOfANorm) {
  const RunRecord a =
      Study("a", {Arm("batch, l2 = 0.001", "batch", 1, {}), Arm("layer, l2 = 0", "layer", 1, {}),
                  Arm("group, l2 = 0", "group", 1, {}), Arm("group, l2 = 1", "group", 1, {})});
  const RunRecord b = Study("b", {Arm("layer", "layer", 1, {}), Arm("batch", "batch", 1, {}),
                                  Arm("group, l2 = 1", "group", 1, {})});
  const MatchedModels matched = MatchModels(a, b);
  ASSERT_EQ(matched.pairs.size(), 3u);
  EXPECT_EQ(matched.pairs[0].second, "batch");
  EXPECT_EQ(matched.pairs[1].second, "layer");
  EXPECT_EQ(matched.pairs[2].first, "group, l2 = 1");
  EXPECT_THAT(matched.only_first, ElementsAre("group, l2 = 0"));
  EXPECT_THAT(matched.only_second, IsEmpty());
  // A single model stands against a single one, whatever they are; two do not.
  const MatchedModels single =
      MatchModels(Study("a", {Arm("batch", 1, 0)}), Study("b", {Arm("rms", 1, 0)}));
  EXPECT_EQ(single.pairs.size(), 1u);
  const MatchedModels none = MatchModels(Study("a", {Arm("batch", 1, 0)}),
                                         Study("b", {Arm("rms", 1, 0), Arm("layer", 1, 0)}));
  EXPECT_THAT(none.pairs, IsEmpty());
  EXPECT_THAT(none.only_second, ElementsAre("rms", "layer"));
}

TEST(Comparison, LeavesOutWhatIsNoResult) {
  ArmRecord nan = Arm("batch", 2, 10), diverged = Arm("batch", 3, 10), empty = Arm("batch", 4, 10);
  nan.metrics[0].test_accuracy = std::nan("");
  diverged.state = "diverged";
  empty.metrics.clear();
  const RunRecord a = Study("a", {Arm("batch", 1, 10), nan, diverged, empty, Arm("batch", 5, 10)});
  const RunRecord b = Study("b", {Arm("batch", 1, 10), Arm("batch", 2, 10), Arm("batch", 3, 10),
                                  Arm("batch", 4, 10), Arm("batch", 6, 10)});
  EXPECT_THAT(CompareRuns(a, b).models[0].models.seeds, ElementsAre(1));
}

TEST(Comparison, ListsOnlyTheSettingsThatDiffer) {
  RunRecord a = Study("a", {Arm("batch", 1, 0), Arm("layer", 1, 0)}), b = a;
  b.path = "b";
  for (RunRecord* run : {&a, &b}) {
    for (ArmRecord& arm : run->arms) {
      arm.settings = {{"lr", "0.01"}, {"epochs", "20"}, {"model", "\"C8 GAP\""}};
    }
  }
  b.arms[0].settings["lr"] = "0.02";
  b.arms[1].settings["extra"] = "1";
  // An older folder's recipe says the same in its own way.
  b.arms[1].settings.erase("model");
  b.arms[0].settings.erase("model");
  b.recipe_text = "model = \"C8 GAP\"  # recipe, line 1\nthreads = 3\n";
  const SettingDifferences differences = CompareSettings(a, b);
  ASSERT_TRUE(differences.settings_known);
  ASSERT_EQ(differences.keys.size(), 2u);
  EXPECT_EQ(differences.keys[0].key, "extra");
  EXPECT_EQ(differences.keys[0].first, "");
  EXPECT_EQ(differences.keys[0].second, "1");
  EXPECT_EQ(differences.keys[1].key, "lr");
  EXPECT_EQ(differences.keys[1].second, "0.02, 0.01");
  const std::string text = ComparisonText(a, b, CompareRuns(a, b));
  EXPECT_THAT(text, HasSubstr("not recorded"));
  EXPECT_THAT(text, Not(HasSubstr("epochs")));
}

TEST(Comparison, CountsTheConditionsThatDiffer) {
  TrainingConditions same{.parameters = 7704,
                          .batch_size = 128,
                          .steps = 10,
                          .initial_weights = "aa",
                          .data_order = "bb",
                          .first_images = "cc"};
  TrainingConditions other = same;
  other.initial_weights = std::string(64, 'd');
  RunRecord a = Study("a", {Arm("batch", 1, 0), Arm("batch", 2, 0), Arm("batch", 3, 0)}), b = a;
  b.path = "b";
  EXPECT_EQ(CompareRuns(a, b).conditions.recorded, 0);
  EXPECT_THAT(ComparisonText(a, b, CompareRuns(a, b)), HasSubstr("not recorded in both"));
  for (int i = 0; i < 2; ++i) {
    a.arms[i].conditions = same;
    b.arms[i].conditions = i == 0 ? other : same;
  }
  const ConditionDifferences differences = CompareRuns(a, b).conditions;
  EXPECT_EQ(differences.pairs, 3);
  EXPECT_EQ(differences.recorded, 2);
  for (const ConditionDifference& each : differences.all) {
    EXPECT_EQ(each.different, each.name == "initial weights" ? 1 : 0) << each.name;
  }
  EXPECT_THAT(ComparisonText(a, b, CompareRuns(a, b)), HasSubstr("1 of 2  aa  dddddddddddd\n"));
}

TEST(Comparison, RefusesResultsOnOtherImages) {
  const RunRecord a = Study("a", {Arm("batch", 1, 10)});
  RunRecord b = a;
  b.dataset = "mnist";
  EXPECT_THROW(CompareRuns(a, b), UsageError);
  b = a;
  b.class_names[1] = "wolf";
  EXPECT_THROW(CompareRuns(a, b), UsageError);
  b = a;
  b.class_names.push_back("wolf");
  EXPECT_THROW(CompareRuns(a, b), UsageError);
  b = a;
  b.arms[0].metrics[0].test_accuracy = 98;  // its 10 misses are of 500 images
  EXPECT_EQ(TestImages(b), 500);
  EXPECT_THROW(CompareRuns(a, b), UsageError);
  RunRecord c = a;
  b = a;
  b.environment_json = R"({"data": [{"sha256": "1", "official": false}]})";
  c.environment_json = R"({"data": [{"sha256": "2", "official": false}]})";
  EXPECT_THROW(CompareRuns(b, c), UsageError);
  c.environment_json = b.environment_json;
  EXPECT_NO_THROW(CompareRuns(b, c));
  c.environment_json = "[broken";
  EXPECT_NO_THROW(CompareRuns(b, c));
}

TEST(Comparison, IsOneJsonDocument) {
  const RunRecord a =
      Study("a\xff\n", {Arm("batch", 1, 60), Arm("batch", 2, 62), Arm("batch", 3, 61),
                        Arm("x\"<\xff\n", "layer", 1, First(3))});
  const RunRecord b =
      Study("b", {Arm("batch", 1, 50), Arm("batch", 2, 50), Arm("batch", 3, 50), Arm("rms", 1, 0)});
  const RunComparison comparison = CompareRuns(a, b);
  const Json json = Json::parse(ComparisonJson(a, b, comparison));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["command"], "compare");
  EXPECT_TRUE(json["settings"].is_null());
  EXPECT_EQ(json["models"][0]["verdict"], "second beats first");
  EXPECT_NEAR(json["models"][0]["difference"].get<double>(), 1.1, 1e-12);
  EXPECT_EQ(json["only_second"], Json::array({"rms"}));
  const std::string text = ComparisonText(a, b, comparison);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
}

}  // namespace
}  // namespace normlab
