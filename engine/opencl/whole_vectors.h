// Where parts of a buffer begin: at a vector of any kernel.
#pragma once

#include <cstddef>

namespace normlab::opencl {

// Words of 32 bits.
inline std::size_t WholeVectors(std::size_t words) {
  constexpr std::size_t kLargestVector = 16;
  return (words + kLargestVector - 1) / kLargestVector * kLargestVector;
}

}  // namespace normlab::opencl
