// Where a stack's models have their parameters, for kernels that are no operation's.
#pragma once

#include <cstddef>

namespace normlab::opencl {

// Buffers of all models, `floats` of each; and the numbers of the models that a launch is for.
struct ParameterBuffers {
  int values = -1, gradients = -1;
  std::size_t floats = 0;
  int models = -1;
  int capacity = 1;  // models
};

}  // namespace normlab::opencl
