#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "norm/norm.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(NormMethods, EveryNameFindsItsOwnRow) {
  for (const NormMethod& method : NormMethods()) {
    EXPECT_EQ(&FindNormMethod(method.name), &method);
    EXPECT_EQ(&NormChoice(method.name).method(), &method);
    EXPECT_FALSE(method.title.empty());
    EXPECT_FALSE(method.pools_over.empty());
  }
}

TEST(NormMethods, AreTheMethodsOfTheLiterature) {
  EXPECT_THAT(
      NormNames(),
      ElementsAre("none", "batch", "layer", "layer-elementwise", "layer-channels", "group",
                  "instance", "rms", "batch-channel", "batch-instance", "batch-renorm", "derf",
                  "dyt", "evonorm-b0", "evonorm-s0", "extended-batch", "frn", "ghost-batch", "grn",
                  "l1-batch", "mean-only-batch", "pono", "salu", "switchable"));
}

TEST(NormMethods, WhatPoolsOverImagesKeepsRunningStatistics) {
  std::vector<std::string_view> pooling;
  for (const NormMethod& method : NormMethods()) {
    EXPECT_EQ(method.running_statistics, method.pools_images) << method.name;
    if (method.pools_images) pooling.push_back(method.name);
  }
  EXPECT_THAT(pooling, ElementsAre("batch", "batch-channel", "batch-instance", "batch-renorm",
                                   "evonorm-b0", "extended-batch", "ghost-batch", "l1-batch",
                                   "mean-only-batch", "switchable"));
}

TEST(NormMethods, ThreeAreActivationsToo) {
  std::vector<std::string_view> activations;
  for (const NormMethod& method : NormMethods()) {
    if (method.is_activation) activations.push_back(method.name);
  }
  EXPECT_THAT(activations, ElementsAre("evonorm-b0", "evonorm-s0", "frn"));
}

TEST(NormMethods, UnknownNameIsAUsageErrorThatNamesTheNearest) {
  try {
    FindNormMethod("bacth");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'bacth'"), HasSubstr("nearest is 'batch'"),
                                    HasSubstr("none, batch, layer, layer-elementwise, ")));
  }
}

TEST(NormMethods, NamesAreExact) {
  for (const char* name : {"", "Batch", "batch ", "layer\n"}) {
    EXPECT_THROW(FindNormMethod(name), UsageError) << name;
  }
}

const Shape kShape{12, 3, 5};

TEST(Statistics, AreAsManyAsTheAxesThatAreNotPooled) {
  const auto shape_of = [](std::string_view name) {
    return StatisticShapeOf(FindNormMethod(name), 7, kShape, 4);
  };
  EXPECT_EQ(shape_of("none"), (StatisticShape{0, 0, 0, 0}));
  EXPECT_EQ(shape_of("batch"), (StatisticShape{1, 12, 1, 1}));
  EXPECT_EQ(shape_of("layer"), (StatisticShape{7, 1, 1, 1}));
  EXPECT_EQ(shape_of("layer-elementwise"), (StatisticShape{7, 1, 1, 1}));
  EXPECT_EQ(shape_of("layer-channels"), (StatisticShape{7, 1, 3, 5}));
  EXPECT_EQ(shape_of("group"), (StatisticShape{7, 4, 1, 1}));
  EXPECT_EQ(shape_of("instance"), (StatisticShape{7, 12, 1, 1}));
  EXPECT_EQ(shape_of("rms"), (StatisticShape{7, 1, 1, 1}));
}

TEST(Statistics, ShareTheValuesOfTheMapEqually) {
  for (const NormMethod& method : NormMethods()) {
    const StatisticShape statistics = StatisticShapeOf(method, 7, kShape, 4);
    std::vector<std::size_t> count(static_cast<std::size_t>(statistics.size()));
    for (int n = 0; n < 7 && method.has_statistics; ++n) {
      for (int c = 0; c < kShape.channels; ++c) {
        for (int h = 0; h < kShape.height; ++h) {
          for (int w = 0; w < kShape.width; ++w) {
            ++count.at(static_cast<std::size_t>(StatisticIndex(statistics, kShape, n, c, h, w)));
          }
        }
      }
    }
    EXPECT_THAT(count, testing::Each(ValuesPerStatistic(method, 7, kShape, 4))) << method.name;
    EXPECT_EQ(method.has_statistics, !count.empty()) << method.name;
  }
}

TEST(Affine, HasOneValuePerChannelOrPerElement) {
  EXPECT_THAT(AffineExtents(FindNormMethod("none"), kShape), testing::IsEmpty());
  EXPECT_THAT(AffineExtents(FindNormMethod("rms"), kShape), ElementsAre(12));
  EXPECT_THAT(AffineExtents(FindNormMethod("layer-elementwise"), kShape), ElementsAre(12, 3, 5));
}

}  // namespace
}  // namespace normlab
