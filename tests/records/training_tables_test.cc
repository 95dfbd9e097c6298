// The tables of a training's files: written as the documentation says, read back as written,
// refused where they are damaged.
#include "records/training_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "records/statistics_table.h"
#include "tests/report/random_run.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

constexpr char kSteps[] = "step,loss,learning_rate,momentum\n";
constexpr char kLayers[] =
    "epoch,layer,application,mean_before,deviation_before,mean_after,deviation_after,"
    "gradient_norm,weight_norm,running_mean_distance,running_variance_distance\n";

class TrainingTables : public ::testing::Test {
 protected:
  std::string Write(const std::string& text) {
    const std::string path = folder_.path() + "/table.csv";
    WriteFile(path, text);
    return path;
  }
  template <class Read>
  std::string RefusalOf(const std::string& text, const Read& read) {
    try {
      read(Write(text));
    } catch (const DataError& error) {
      return error.what();
    }
    return "accepted: " + text;
  }

  TemporaryFolder folder_;
};

EpochRecord Epoch(int epoch) {
  EpochRecord record;
  record.epoch = epoch;
  record.train_loss = 1.0 / 3;
  record.train_accuracy = 50;
  record.test_loss = std::nan("");
  record.test_accuracy = 1e-9;
  record.penalty = 0.25;
  record.learning_rate = 0.1;
  record.seconds = 1.23456;
  record.images_per_second = 1234.567;
  record.validation_loss = 2;
  record.validation_accuracy = 12.5;
  return record;
}

TEST_F(TrainingTables, MetricsAreWrittenInFullButForTimes) {
  EXPECT_EQ(MetricsTable({}).Text(std::vector{Epoch(1)}),
            "epoch,train_loss,train_accuracy,test_loss,test_accuracy,penalty,learning_rate,seconds,"
            "images_per_second\n1,0.3333333333333333,50,nan,1e-09,0.25,0.1,1.235,1234.6\n");
  EXPECT_THAT(MetricsTable({.validation = true}).Text(std::vector{Epoch(1)}),
              HasSubstr(",1234.6,2,12.5\n"));
}

TEST_F(TrainingTables, WhatWasReadIsWrittenToTheSameBytes) {
  const std::string metrics =
      MetricsTable({.validation = true}).Text(std::vector{Epoch(1), Epoch(2)});
  EXPECT_EQ(
      MetricsTable({.validation = true}).Text(ReadOwnMetrics(Write(metrics), {.validation = true})),
      metrics);
  EXPECT_EQ(ReadMetrics(Write(metrics))[1].train_loss, 1.0 / 3);
  const std::string steps = std::string(kSteps) + "1,0.5,0.1,0.9\n2,0.4,0.1,0.9\n";
  EXPECT_EQ(StepsTable().Text(ReadOwnSteps(Write(steps))), steps);
  const std::string layers =
      std::string(kLayers) + "1,C1,2,0.5,0,0,0,0,0,0.25,0.125\n1,c2,1,-1,0,0,0,0,1.234568e-07,,\n";
  EXPECT_EQ(LayersTable().Text(ReadOwnLayers(Write(layers))), layers);
  const std::string clock =
      "epoch,threads,trainings,simd,processor\n2,1,1,avx2,\"a, \"\"b\"\"\"\n5,2,,none,\n";
  EXPECT_EQ(ClockTable().Text(ReadClock(Write(clock))), clock);
  const std::string statistics =
      "epoch,statistics,test_loss,test_accuracy\n1,shared,0.25,50\n1,per_application,,12.5\n"
      "1,batch,1e-09,100\n2,shared,3,0\n";
  EXPECT_EQ(StatisticsTable().Text(ReadOwnStatistics(Write(statistics))), statistics);
}

TEST_F(TrainingTables, LossesThatAreNotFiniteAreLeftOutOfStatisticsAlone) {
  const std::vector<StatisticsScore> rows = {{12, StatisticsKind::kShared, HUGE_VAL, 50},
                                             {12, StatisticsKind::kBatch, std::nan(""), 0}};
  EXPECT_EQ(StatisticsTable().Text(rows),
            "epoch,statistics,test_loss,test_accuracy\n12,shared,,50\n12,batch,,0\n");
}

TEST_F(TrainingTables, AFolderOfBeforeAColumnIsReadAndGoneOnWith) {
  const std::string old =
      "epoch,train_loss,train_accuracy,test_loss,test_accuracy,learning_rate,seconds,"
      "images_per_second\n1,1,2,3,4,5,6,7\n";
  const auto rows = ReadMetrics(Write(old));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(std::isnan(rows[0].penalty));
  EXPECT_EQ(rows[0].images_per_second, 7);
  EXPECT_THAT(MetricsTable({}).Text(ReadOwnMetrics(Write(old), {})),
              HasSubstr("\n1,1,2,3,4,nan,5,6.000,7.0\n"));
  const std::string other = "epoch,train_loss,train_accuracy,test_loss,test_accuracy\n1,1,2,3,4\n";
  EXPECT_THAT(RefusalOf(other, [](const std::string& path) { ReadOwnMetrics(path, {}); }),
              HasSubstr("expected the columns epoch,train_loss"));
}

TEST_F(TrainingTables, DamagedTablesAreRefused) {
  const std::string steps = kSteps, layers = kLayers;
  for (const std::string& text :
       {std::string(), std::string("step,loss\n"), steps + "2,0,0,0\n",
        steps + "1,0,0,0\n1,0,0,0\n", steps + "1,0,0,0\n2,0", steps + "\n", steps + "x,0,0,0\n"}) {
    EXPECT_THAT(RefusalOf(text, ReadOwnSteps), HasSubstr("table.csv:")) << text;
  }
  for (const char* body :
       {"2,C1,1,0,0,0,0,0,0,,\n", "1,C1,1,0,0,0,0,0,0,,\n3,C1,1,0,0,0,0,0,0,,\n",
        "1,C1,1,0,0,0,0,0,0,,\n2,C1,1,0,0,0,0,0,0,,\n1,C1,1,0,0,0,0,0,0,,\n", "1,C1\n"}) {
    EXPECT_THAT(RefusalOf(layers + body, ReadOwnLayers), HasSubstr("table.csv:")) << body;
  }
}

}  // namespace
}  // namespace normlab
