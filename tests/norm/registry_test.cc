#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "norm/norm.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(NormMethods, EveryNameFindsItsOwnRow) {
  for (const NormMethod& method : NormMethods()) {
    EXPECT_EQ(&FindNormMethod(method.name), &method);
    EXPECT_EQ(&NormChoice(method.name).method(), &method);
    EXPECT_FALSE(method.title.empty());
    EXPECT_FALSE(method.pools_over.empty());
  }
}

TEST(NormMethods, OnlyBatchPoolsOverImagesAndKeepsRunningStatistics) {
  for (const NormMethod& method : NormMethods()) {
    EXPECT_EQ(method.pools_images, method.name == "batch") << method.name;
    EXPECT_EQ(method.running_statistics, method.name == "batch") << method.name;
  }
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
  EXPECT_THAT(AffineExtents(FindNormMethod("rms"), kShape), testing::ElementsAre(12));
  EXPECT_THAT(AffineExtents(FindNormMethod("layer-elementwise"), kShape),
              testing::ElementsAre(12, 3, 5));
}

}  // namespace
}  // namespace normlab
