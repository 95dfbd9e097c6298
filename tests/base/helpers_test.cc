#include "base/helpers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "tests/no_threads.h"

namespace normlab {
namespace {

TEST(Helpers, AreAsManyAsAskedForAndNumbered) {
  for (const std::size_t most : {0u, 1u, 5u}) {
    std::vector<int> called(most + 1);  // not atomic: TSan sees a number that is given twice
    Helpers helpers(most, [&](std::size_t number) { ++called[number]; });
    EXPECT_EQ(helpers.count(), most);
    helpers.Join();
    for (std::size_t number = 1; number <= most; ++number) EXPECT_EQ(called[number], 1);
  }
}

TEST(Helpers, AreThoseThatTheSystemGives) {
  const NoThreads none;
  Helpers helpers(3, [](std::size_t) { ADD_FAILURE() << "there is no thread to run this"; });
  EXPECT_EQ(helpers.count(), 0u);
}

TEST(BeginThread, SaysWhatCannotGoOn) {
  int seen = 0;
  BeginThread("serve", [&] { seen = 1; }).join();
  EXPECT_EQ(seen, 1);
  const NoThreads none;
  try {
    BeginThread("serve", [] {});
    ADD_FAILURE() << "a thread came";
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("serve: cannot begin a thread ("));
  }
}

}  // namespace
}  // namespace normlab
