// A plan on an OpenCL device, alone or as one model of a stack (engine/opencl/stack.h).
#pragma once

#include <memory>

#include "engine/network.h"
#include "model/architecture.h"

namespace normlab {

struct DeviceOptions {
  int number = 0;  // opencl::Device::number
  int vector = 0;  // images of a vector: 1, 4, 8 or 16; 0: as the device has registers
  // How many networks like this one there may be at a time: they share their launches.
  int together = 1;
};

// Every map and every gradient lies on the device. Throws UsageError where there is no such device,
// RunError where it has no memory or cannot compile the kernels.
std::unique_ptr<Network<float>> MakeOpenClNetwork(std::shared_ptr<const Plan> plan, int max_batch,
                                                  const DeviceOptions& options);

// Bytes of the device that such a network takes: maps, gradients, parameters, and a batch of images
// as bytes. Not the data set's, which are there only where they leave half of the memory free
// (engine/opencl/image_pools.h).
std::size_t OpenClBytes(const Architecture& architecture, int batch_size);

}  // namespace normlab
