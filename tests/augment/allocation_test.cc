// Counts this thread's allocations by replacing the program's operator new.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <thread>
#include <vector>

#include "augment/augment.h"

namespace {

thread_local long allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

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
