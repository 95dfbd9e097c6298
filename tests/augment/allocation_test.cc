// A pipeline allocates in the first call of a thread alone.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "augment/augment.h"
#include "tests/count_allocations.h"

namespace normlab {
namespace {

TEST(Allocation, OnlyInTheFirstCallOfAThread) {
  const Shape shape{3, 32, 32};
  const auto pipeline = ParseAugmentation("mnist-seed flip-shift", shape);
  const std::vector<std::uint8_t> image(shape.size(), 100);
  std::vector<std::uint8_t> result(shape.size());
  long first = 0, later = 0;
  std::thread([&] {
    const long before = allocations;
    pipeline->Apply(image.data(), {1, 0, 0}, result.data());
    first = allocations - before;
    for (std::uint32_t i = 1; i < 50; ++i) pipeline->Apply(image.data(), {1, 0, i}, result.data());
    later = allocations - before - first;
  }).join();
  EXPECT_GT(first, 0);  // the counter counts
  EXPECT_EQ(later, 0);
}

}  // namespace
}  // namespace normlab
