#include "base/lazy.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace normlab {
namespace {

TEST(Lazy, IsTheValueThatItWasGiven) {
  EXPECT_EQ(Lazy<int>()(), 0);
  EXPECT_EQ(Lazy<int>(7)(), 7);
}

TEST(Lazy, IsFoundOnceByWhicheverThreadAsksFirst) {
  std::atomic<int> asked = 0;
  const auto lazy = Lazy<int>::By([&asked] { return 10 + ++asked; });
  EXPECT_EQ(asked, 0);
  std::vector<std::thread> threads;
  std::atomic<int> sum = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([copy = lazy, &sum] { sum += copy(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 44);
  EXPECT_EQ(asked, 1);
}

TEST(Lazy, IsSoughtAgainWhereItWasNotFound) {
  int asked = 0;
  const auto lazy = Lazy<int>::By([&asked] {
    if (++asked == 1) throw std::runtime_error("not yet");
    return asked;
  });
  EXPECT_THROW(lazy(), std::runtime_error);
  EXPECT_EQ(lazy(), 2);
}

}  // namespace
}  // namespace normlab
