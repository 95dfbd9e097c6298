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
    EXPECT_FALSE(method.title.empty());
    EXPECT_FALSE(method.pools_over.empty());
  }
}

TEST(NormMethods, OnlyBatchPoolsOverImagesAndKeepsRunningStatistics) {
  for (const NormMethod& method : NormMethods()) {
    EXPECT_EQ(method.crosses_images, method.kind == NormKind::kBatch) << method.name;
    EXPECT_EQ(method.running_statistics, method.kind == NormKind::kBatch) << method.name;
  }
}

TEST(NormMethods, UnknownNameIsAUsageErrorThatNamesTheNearest) {
  try {
    FindNormMethod("bacth");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'bacth'"), HasSubstr("nearest is batch"),
                                    HasSubstr("none, batch, layer, group")));
  }
}

TEST(NormMethods, NamesAreExact) {
  for (const char* name : {"", "Batch", "batch ", "layer\n"}) {
    EXPECT_THROW(FindNormMethod(name), UsageError) << name;
  }
}

TEST(ChannelGroups, CountsTheStatisticsOfOneImage) {
  EXPECT_EQ(ChannelGroups(NormKind::kNone, 12, 4), 0);
  EXPECT_EQ(ChannelGroups(NormKind::kBatch, 12, 4), 0);
  EXPECT_EQ(ChannelGroups(NormKind::kLayer, 12, 5), 1);
  EXPECT_EQ(ChannelGroups(NormKind::kGroup, 12, 4), 4);
}

}  // namespace
}  // namespace normlab
