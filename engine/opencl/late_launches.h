// Gradients of parameters, which nothing in the backward pass waits for: at its end launches of one
// kind, of several operations, are one.
#pragma once

#include <vector>

#include "model/plan.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

struct LateLaunch {
  std::size_t operation = 0;
  const Launch* launch = nullptr;
};

// In their order; each is one launch. Sums of one parameter keep the order of the backward pass. On
// a processor none are put together: there a launch costs nothing beside a kernel more to compile.
std::vector<std::vector<LateLaunch>> LateLaunches(const Plan& plan, const DeviceShape& device,
                                                  const std::vector<const DeviceWork*>& works);

}  // namespace normlab::opencl
