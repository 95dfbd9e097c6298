#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/html.h"
#include "random_run.h"
#include "report/page/missed_images.h"
#include "report/page/page.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class PageDataTest : public testing::Test {
 protected:
  PageDataTest() : dataset_(RandomDataset(7, {1, 6, 5}, {"zero", "one", "two"})) {}

  RunRecord Run(std::vector<ArmRecord> arms) const {
    return RandomRun("folder/of/run", dataset_, std::move(arms));
  }
  json Data(const RunRecord& run) const { return json::parse(PageData({{&run, &dataset_}})); }

  Dataset dataset_;
};

ErrorRow Miss(int index, int truth, int prediction) {
  ErrorRow row;
  row.index = index;
  row.truth = truth;
  row.prediction = prediction;
  row.prediction_probability = 0.75;
  row.truth_probability = 0.125;
  return row;
}

TEST_F(PageDataTest, HoldsTheCurvesOfEveryArm) {
  RunRecord run =
      Run({RandomArm(1, "batch", dataset_, 8, 5), RandomArm(2, "batch", dataset_, 3, 0)});
  for (EpochRecord& row : run.arms[1].metrics) row.penalty = 0;
  const json arms = Data(run)["studies"][0]["arms"];
  ASSERT_EQ(arms.size(), 2u);
  for (std::size_t a = 0; a < 2; ++a) {
    const json& curves = arms[a]["curves"];
    ASSERT_EQ(curves["epoch"].size(), run.arms[a].metrics.size());
    for (std::size_t e = 0; e < run.arms[a].metrics.size(); ++e) {
      const EpochRecord& row = run.arms[a].metrics[e];
      EXPECT_EQ(curves["epoch"][e], row.epoch);
      EXPECT_NEAR(curves["test_accuracy"][e], row.test_accuracy, 1e-4);
      EXPECT_NEAR(curves["train_loss"][e], row.train_loss, 1e-5);
      EXPECT_NEAR(curves["validation_loss"][e], row.validation_loss, 1e-5);
    }
    EXPECT_EQ(curves.contains("penalty"), a == 0);  // the other's are nothing but zeros
  }
}

TEST_F(PageDataTest, RanksTheImagesByTheTrainingsThatMissThem) {
  std::vector<ArmRecord> arms;
  for (int seed = 1; seed <= 3; ++seed) arms.push_back(RandomArm(seed, "batch", dataset_, 2, 0));
  const auto label = [&](int index) { return int{dataset_.test.labels[index]}; };
  const auto miss = [&](int index) { return Miss(index, label(index), (label(index) + 1) % 3); };
  arms[0].errors = {miss(1), miss(4), miss(9)};
  arms[1].errors = {miss(4), miss(9), miss(50)};
  arms[2].errors = {miss(9)};
  const json dataset = Data(Run(arms))["datasets"][0];
  EXPECT_EQ(dataset["images"]["index"], json({9, 4, 1, 50}));
  EXPECT_EQ(dataset["images"]["truth"], json({label(9), label(4), label(1), label(50)}));
  EXPECT_EQ(dataset["pictures"].size(), 4u);
  EXPECT_EQ(dataset["missed"], 4);
  EXPECT_EQ(dataset["class_counts"], json({20, 20, 20}));
}

TEST_F(PageDataTest, MissesAreStepsAmongTheImages) {
  ArmRecord arm = RandomArm(1, "batch", dataset_, 2, 7);
  const RunRecord run = Run({arm, RandomArm(2, "batch", dataset_, 2, 3)});
  const json data = Data(run);
  const json& index = data["datasets"][0]["images"]["index"];
  for (std::size_t a = 0; a < 2; ++a) {
    const json& misses = data["studies"][0]["arms"][a]["misses"];
    std::map<int, const ErrorRow*> rows;
    for (const ErrorRow& row : run.arms[a].errors) rows[row.index] = &row;
    ASSERT_EQ(misses["image"].size(), rows.size());
    std::size_t place = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      place += misses["image"][i].get<std::size_t>();
      const ErrorRow* row = rows.at(index[place]);
      EXPECT_EQ(misses["prediction"][i], row->prediction);
      EXPECT_NEAR(misses["confidence"][i].get<double>() / 1000, row->prediction_probability, 6e-4);
      EXPECT_NEAR(misses["truth_probability"][i].get<double>() / 1000, row->truth_probability,
                  6e-4);
    }
    EXPECT_TRUE(misses["unlisted"].empty());
  }
}

TEST_F(PageDataTest, AnUnfinishedArmHasNoMisses) {
  ArmRecord arm = RandomArm(1, "batch", dataset_, 2, 7);
  arm.state = "interrupted";
  const json data = Data(Run({arm}));
  EXPECT_FALSE(data["studies"][0]["arms"][0].contains("misses"));
  EXPECT_EQ(data["datasets"][0]["missed"], 0);
  EXPECT_TRUE(data["studies"][0]["models"][0]["results"]["final_test_accuracy"].is_null());
}

TEST_F(PageDataTest, ResultsHaveIntervalsFromTwoSeedsOn) {
  const RunRecord run =
      Run({RandomArm(1, "two", dataset_, 4, 0), RandomArm(2, "two", dataset_, 4, 0),
           RandomArm(1, "one", dataset_, 4, 0)});
  const json models = Data(run)["studies"][0]["models"];
  const double a = run.arms[0].metrics.back().test_accuracy,
               b = run.arms[1].metrics.back().test_accuracy;
  const json& two = models[0]["results"]["final_test_accuracy"];
  EXPECT_EQ(two["n"], 2);
  EXPECT_NEAR(two["mean"], (a + b) / 2, 1e-4);
  // Student's t with one degree of freedom: 12.7062; the deviation of two is |a - b| / sqrt 2.
  EXPECT_NEAR(two["high"].get<double>() - two["mean"].get<double>(), 12.7062 * std::abs(a - b) / 2,
              2e-3);
  const json& one = models[1]["results"]["final_test_accuracy"];
  EXPECT_EQ(one["n"], 1);
  EXPECT_FALSE(one.contains("low"));
}

TEST_F(PageDataTest, LayersAreColumnsAndWhatWasNotTakenIsLeftOut) {
  ArmRecord arm = RandomArm(1, "batch", dataset_, 2, 0);
  arm.layers.clear();
  for (int epoch = 1; epoch <= 2; ++epoch) {
    for (const auto& [layer, application] : {std::pair("C1", 1), {"C4", 1}, {"C4", 2}}) {
      LayerStatistics row;
      row.epoch = epoch;
      row.layer = layer;
      row.application = application;
      row.deviation_before = epoch + 10 * application;
      row.running_mean_distance = row.running_variance_distance = std::nan("");
      arm.layers.push_back(row);
    }
  }
  const json layers = Data(Run({arm}))["studies"][0]["arms"][0]["layers"];
  EXPECT_EQ(layers["epoch"], json({1, 2}));
  ASSERT_EQ(layers["layers"].size(), 3u);
  EXPECT_EQ(layers["layers"][0]["name"], "C1");
  EXPECT_EQ(layers["layers"][1]["name"], "C4, application 1");
  EXPECT_EQ(layers["layers"][2]["name"], "C4, application 2");
  EXPECT_EQ(layers["layers"][2]["deviation_before"], json({21, 22}));
  EXPECT_FALSE(layers["layers"][0].contains("running_mean_distance"));
  EXPECT_FALSE(layers["layers"][0].contains("gradient_norm"));
}

StatisticsScore Evaluated(int epoch, StatisticsKind kind, double accuracy) {
  return {epoch, kind, kind == StatisticsKind::kBatch ? std::nan("") : 0.5, accuracy};
}

TEST_F(PageDataTest, StatisticsAreColumnsByKindAndResultsOfAModel) {
  std::vector<ArmRecord> arms;
  for (int seed = 1; seed <= 2; ++seed) {
    ArmRecord arm = RandomArm(seed, "batch", dataset_, 2, 0);
    for (int epoch = 1; epoch <= 2; ++epoch) {
      for (const auto& [kind, accuracy] : {std::pair(StatisticsKind::kShared, 50.0),
                                           {StatisticsKind::kReestimatedShared, 60.0},
                                           {StatisticsKind::kBatch, 70.0}}) {
        arm.statistics.push_back(Evaluated(epoch, kind, accuracy + 3 * epoch + seed));
      }
    }
    arms.push_back(arm);
  }
  const json study = Data(Run(arms))["studies"][0];
  const json& own = study["arms"][1]["statistics"];
  EXPECT_EQ(own["epoch"], json({1, 2}));
  ASSERT_EQ(own["kinds"].size(), 3u);
  EXPECT_EQ(own["kinds"][1]["name"], "reestimated_shared");
  EXPECT_EQ(own["kinds"][1]["style"], 2);
  EXPECT_EQ(own["kinds"][1]["test_accuracy"], json({65, 68}));
  EXPECT_EQ(own["kinds"][2]["test_loss"], json({nullptr, nullptr}));
  const json& kinds = study["models"][0]["statistics"];
  ASSERT_EQ(kinds.size(), 3u);
  EXPECT_EQ(kinds[2]["words"], "each test batch's own");
  EXPECT_EQ(kinds[2]["results"]["final_test_accuracy"]["mean"], 77.5);
  EXPECT_EQ(kinds[2]["results"]["last_epochs_test_accuracy"]["mean"], 76);
  EXPECT_EQ(kinds[2]["results"]["jitter"]["mean"], 3);
  EXPECT_EQ(kinds[2]["results"]["final_difference"]["mean"], 20);
  EXPECT_EQ(kinds[2]["results"]["final_difference"]["low"], 20);
  EXPECT_TRUE(kinds[2]["results"]["final_test_loss"].is_null());
  EXPECT_FALSE(kinds[0]["results"].contains("final_difference"));
}

TEST_F(PageDataTest, WithoutTheDataSetThereAreNoPictures) {
  const RunRecord run = Run({RandomArm(1, "batch", dataset_, 2, 7)});
  const json data = json::parse(PageData({{&run, nullptr}}));
  EXPECT_TRUE(data["datasets"][0]["pictures"].empty());
  EXPECT_EQ(data["datasets"][0]["images"]["index"].size(), 7u);
  EXPECT_FALSE(data["datasets"][0].contains("class_counts"));
  EXPECT_TRUE(data["studies"][0]["findings"].empty());
}

TEST_F(PageDataTest, MissesThatTheDataSetContradictsAreRefused) {
  for (const ErrorRow& wrong :
       {Miss(60, 0, 1), Miss(-1, 0, 1),
        Miss(0, (dataset_.test.labels[0] + 1) % 3, dataset_.test.labels[0])}) {
    ArmRecord arm = RandomArm(1, "batch", dataset_, 2, 0);
    arm.errors = {wrong};
    const RunRecord run = Run({arm});
    EXPECT_THROW(PageData({{&run, &dataset_}}), DataError);
  }
  RunRecord other = Run({RandomArm(1, "batch", dataset_, 2, 0)});
  other.dataset = "mnist";
  EXPECT_THROW(PageData({{&other, &dataset_}}), DataError);
}

TEST_F(PageDataTest, StudiesOfOneNameAreToldApart) {
  RunRecord a = Run({RandomArm(1, "batch", dataset_, 2, 2)}), b = a, c = a, d = a;
  b.path = "elsewhere/two/";
  c.path = "folder/of/run";
  d.recipe = "another";
  const json data =
      json::parse(PageData({{&a, &dataset_}, {&b, &dataset_}, {&c, nullptr}, {&d, &dataset_}}));
  std::vector<std::string> titles;
  for (const json& study : data["studies"]) titles.push_back(study["title"]);
  EXPECT_THAT(titles, ElementsAre("random (run)", "random (two)", "random (run) 2", "another"));
  EXPECT_EQ(data["datasets"].size(), 1u);  // with every missed image once
  EXPECT_EQ(data["datasets"][0]["images"]["index"].size(), 2u);
  std::set<std::string> styles;  // of lines: no two alike
  for (const json& style : data["styles"]) styles.insert(style.dump());
  EXPECT_EQ(styles.size(), data["styles"].size());
  EXPECT_GE(styles.size(), 8u);
}

TEST_F(PageDataTest, NoMarkupOfARecordIsInTheData) {
  const std::string hostile = "</script><!--<script>&\xe2\x80\xa8";
  RunRecord run = Run({RandomArm(1, hostile, dataset_, 2, 2)});
  run.recipe = run.recipe_text = run.path = run.started = hostile;
  run.class_names = {hostile, hostile, hostile};
  run.missing = {hostile};
  run.arms[0].settings = {{hostile, hostile}};
  run.arms[0].message = run.arms[0].folder = hostile;
  run.environment_json = json({{hostile, hostile}}).dump();
  const std::string text = PageData({{&run, &dataset_}});
  for (const char* markup : {"<", ">", "&", "\xe2\x80\xa8"})
    EXPECT_THAT(text, Not(HasSubstr(markup)));
  EXPECT_EQ(json::parse(text)["studies"][0]["recipe_text"], hostile);
  run.recipe_text = "\xff no UTF-8";
  EXPECT_NO_THROW(json::parse(PageData({{&run, &dataset_}})));
}

// 40 arms that miss all of 4,000 images of 3 x 40 x 40 random bytes: neither all pictures nor all
// misses have room.
TEST(PageBudget, WhatHasNoRoomIsCounted) {
  Dataset dataset;
  dataset.name = "random";
  dataset.class_names = {"a", "b"};
  dataset.shape = {3, 40, 40};
  dataset.test.labels.assign(6000, 0);
  dataset.test.pixels.resize(6000 * dataset.shape.size());
  std::uint32_t noise = 1;
  for (std::uint8_t& pixel : dataset.test.pixels)
    pixel = static_cast<std::uint8_t>((noise = noise * 1664525 + 1013904223) >> 24);
  std::vector<ArmRecord> arms(40);
  for (std::size_t a = 0; a < arms.size(); ++a) {
    arms[a].label = arms[a].norm = "batch";
    arms[a].seed = a;
    arms[a].state = "finished";
    arms[a].metrics.resize(1);
    for (int i = 0; i < (a == 0 ? 6000 : 5600); ++i) arms[a].errors.push_back(Miss(i, 0, 1));
  }
  RunRecord run;
  run.recipe = "random";
  run.dataset = "random";
  run.class_names = dataset.class_names;
  run.arms = arms;
  const std::string text = PageData({{&run, &dataset}});
  EXPECT_LE(text.size(), kMostPageDataBytes);
  EXPECT_GT(text.size(), kMostPageDataBytes - 10'000);  // one more picture would not fit
  const json data = json::parse(text);
  const json& images = data["datasets"][0]["images"]["index"];
  EXPECT_EQ(images.size(), 200'000u / 40);
  EXPECT_EQ(images.front(), 0);
  EXPECT_EQ(data["datasets"][0]["missed"], 6000);
  EXPECT_LT(data["datasets"][0]["pictures"].size(), images.size());
  EXPECT_GT(data["datasets"][0]["pictures"].size(), 300u);
  const json& first = data["studies"][0]["arms"][0]["misses"];
  EXPECT_EQ(first["image"].size(), images.size());
  EXPECT_EQ(first["unlisted"], json({{0, 1, 6000 - 5000}}));
}

// 60 arms of 2,000 epochs: every so manieth is kept, and the last.
TEST(PageBudget, LongTrainingsAreThinnedOut) {
  RunRecord run;
  run.recipe = run.dataset = "random";
  run.class_names = {"a", "b"};
  for (int a = 0; a < 60; ++a) {
    ArmRecord arm;
    arm.label = arm.norm = "batch";
    arm.seed = static_cast<std::uint64_t>(a);
    arm.state = "finished";
    for (int e = 1; e <= 2000; ++e) {
      EpochRecord row;
      row.epoch = e;
      row.test_accuracy = e == 1999 ? 99 : 1.0 / e;
      row.test_loss = row.train_loss = row.train_accuracy = row.learning_rate = 1.0 / e;
      arm.metrics.push_back(row);
    }
    run.arms.push_back(std::move(arm));
  }
  const std::string text = PageData({{&run, nullptr}});
  EXPECT_LE(text.size(), std::size_t{2'000'000});
  const json arm = json::parse(text)["studies"][0]["arms"][0];
  EXPECT_EQ(arm["curves"]["epoch"].front(), 1);
  EXPECT_EQ(arm["curves"]["epoch"].back(), 2000);
  EXPECT_LT(arm["curves"]["epoch"].size(), 500u);
  EXPECT_GT(arm["curves"]["epoch"].size(), 100u);
  EXPECT_EQ(arm["values"]["maximum_test_accuracy"], 99);  // though its epoch is left out
}

TEST(PageBudget, MoreThanAPageCanHoldIsRefused) {
  RunRecord run;
  run.recipe = run.dataset = "random";
  run.class_names = {"a", "b"};
  run.arms.resize(1);
  run.arms[0].norm = run.arms[0].label = "batch";
  run.arms[0].state = "pending";
  run.recipe_text.assign(kMostPageDataBytes, 'x');
  EXPECT_THROW(PageData({{&run, nullptr}}), UsageError);
}

TEST(Page, NamesNobodyAndLetsOnlyItsOwnScriptsRun) {
  if (!HasPage()) NORMLAB_LEFT_OUT("this build has no page; cmake -B build -DNORMLAB_WEB=ON");
  const std::string page = PageHtml("{}", false), live = PageHtml("{}", true);
  const std::string policy = page.substr(page.find("Content-Security-Policy"), 600);
  EXPECT_THAT(policy, HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(policy, HasSubstr("img-src data:;"));
  EXPECT_THAT(page, Not(HasSubstr("connect-src")));
  EXPECT_THAT(page, Not(HasSubstr("unsafe")));
  EXPECT_THAT(page, Not(HasSubstr("data-live")));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
  for (const char* outside : {"https:", "//cdn", "@import", " src=\"", "url("})
    EXPECT_THAT(page, Not(HasSubstr(outside))) << outside;
  EXPECT_THAT(live, HasSubstr("connect-src 'self'"));
  EXPECT_THAT(live, HasSubstr("<html lang=\"en\" data-live=\"events\">"));
  // Every inline script and style is one that the policy names.
  for (const std::string& open : {std::string("<script>"), std::string("<style>")}) {
    const std::string close = open == "<script>" ? "</script>" : "</style>";
    int found = 0;
    for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
      const std::size_t begin = at + open.size();
      EXPECT_THAT(policy,
                  HasSubstr(PolicyHash(page.substr(begin, page.find(close, begin) - begin))));
      ++found;
    }
    EXPECT_EQ(found, 2) << open;
  }
}

TEST(Page, WithoutTheFrontEndSaysSo) {
  if (HasPage())
    NORMLAB_LEFT_OUT(
        "this build has the page; cmake -B build-bare -DNORMLAB_WEB=OFF, and ctest there");
  EXPECT_THROW(PageHtml("{}", false), UsageError);
}

}  // namespace
}  // namespace normlab
