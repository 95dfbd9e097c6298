// The inputs of a stack's networks on the device, made of what their passes hand over.
#pragma once

#include <array>
#include <vector>

#include "engine/opencl/command.h"
#include "engine/opencl/device_queue.h"
#include "engine/opencl/pass_images.h"

namespace normlab::opencl {

class ImageInput {
 public:
  ImageInput(DeviceQueue& queue, const Shape& input, const DeviceShape& device, int capacity);

  // Of bytes, and of floats: to be compiled with the others, and their commands to be put beside.
  const std::array<Launch, 2>& launches() const { return launches_; }
  std::array<std::vector<Command>, 2>& commands() { return commands_; }

  // Writes what does not lie on the device. The result: the buffer that has the pixels.
  int Hand(int model, const PassImages& images);
  // `pixels`: of each model of a pass, in their order. Neighbours with the same ones share a
  // launch.
  void Run(const std::vector<int>& pixels);

 private:
  template <typename T>
  void Write(int& buffer, int model, std::span<const T> values);

  DeviceQueue& queue_;
  std::size_t elements_, models_;  // of all images of a model; how many models
  std::array<Launch, 2> launches_;
  std::array<std::vector<Command>, 2> commands_;
  int bytes_ = -1, floats_ = -1;  // buffers, [model][image][C][H][W], made when they are needed
};

}  // namespace normlab::opencl
