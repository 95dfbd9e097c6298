#include "base/helpers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "tests/left_out.h"
#include "tests/threads_left.h"

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
  const ThreadsLeft none(0);
  Helpers helpers(3, [](std::size_t) { ADD_FAILURE() << "there is no thread to run this"; });
  EXPECT_EQ(helpers.count(), 0u);
}

TEST(Helpers, AreFewerWhereFewerCome) {
  if (!kThreadsCanBeCounted)
    NORMLAB_LEFT_OUT(
        "a sanitizer's threads take memory of their own; the Release build of ./check");
  std::atomic<bool> counted{false};
  std::atomic<int> sum{0};
  {
    const ThreadsLeft two(2);
    const Helpers helpers(5, [&](std::size_t number) {
      counted.wait(false);  // until then nobody leaves its stack to a third
      sum += static_cast<int>(number);
    });
    EXPECT_EQ(helpers.count(), 2u);
    counted = true;
    counted.notify_all();
  }
  EXPECT_EQ(sum, 1 + 2);
}

TEST(BeginThread, SaysWhatCannotGoOn) {
  int seen = 0;
  BeginThread("serve", [&] { seen = 1; }).join();
  EXPECT_EQ(seen, 1);
  const ThreadsLeft none(0);
  try {
    BeginThread("serve", [] {});
    ADD_FAILURE() << "a thread came";
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("serve: cannot begin a thread ("));
  }
}

}  // namespace
}  // namespace normlab
