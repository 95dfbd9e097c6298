#include "operations/fast/aligned_zeros.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace normlab {
namespace {

// Below and above what a huge page holds, which is 524,288 floats.
TEST(AlignedZeros, AreZeroAndAligned) {
  for (const std::size_t count : {1, 15, 16, 4097, 524287, 524288, 3000001}) {
    const AlignedFloats values = AlignedZeros(count);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(values.get()) % 64, 0u) << count;
    EXPECT_EQ(std::count(values.get(), values.get() + count, 0.0f),
              static_cast<std::ptrdiff_t>(count));
  }
}

}  // namespace
}  // namespace normlab
