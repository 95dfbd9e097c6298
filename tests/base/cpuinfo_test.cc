#include "base/cpuinfo.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

TEST(CpuInfo, ReadsTheFirstValueOfAWholeKey) {
  EXPECT_EQ(CpuInfo("processor"), "0");
  EXPECT_EQ(CpuInfo("process"), "") << "the beginning of a key is none";
}

}  // namespace
}  // namespace normlab
