// What an operation asks of an OpenCL device: kernels over maps [C][H][W][lanes], images as the
// fastest axis, written once for vectors of images (a CPU's registers) and single ones (a GPU's
// work items). OpenCL C 1.2 without fp64, float atomics or subgroups; sums in a fixed order.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/shape.h"
#include "operations/attributes.h"

namespace normlab::opencl {

// What kernels are written for.
struct DeviceShape {
  int vector = 1;          // images of one vector V: 1, 4, 8 or 16
  int images = 1;          // that a map has room for, a whole number of vectors
  int group_lanes = 1;     // vectors that one work group takes of an image sum
  int group_tiles = 1;     // tiles at the most that one work group takes where there are no lanes
  int output_tile = 4;     // channels that a work item of a convolution computes
  std::size_t wanted = 1;  // work items that fill the device

  int lanes() const { return images / vector; }
};

// A buffer that a kernel is given. Maps are V[C][H][W][lanes]; lanes that hold no image are zeros
// in maps, and finite in their gradients.
enum class Slot {
  kInput,          // of the operation, by `index`
  kInputGradient,  // the same
  kOutput,
  kOutputGradient,
  kParameters,  // floats from parameter `index` on
  kGradients,   // the same, of its gradient
  kStates,      // floats from state `index` on
  kScratch,     // of the operation, by `index`
  kPass,        // what a pass knows (PassWord)
  kImageIds,    // uint[images]
  kBatch,       // the network's input, to be written
  kPixels,      // what that is made of: bytes
  kImageWords,  // and how: uint (operations/opencl/images.h)
};

// Words of a pass: numbers of 32 bits.
enum PassWord {
  kCount,  // images
  kEpoch,  // of dropout's addresses
  kSeedLow,
  kSeedHigh,
  kGhostBatches,  // not read without ghosts
  kRamps,         // floats from here on, in the order in which operations asked for them
  kPassWords = 64,
};

struct Argument {
  std::string name;  // in the kernel's text
  Slot slot = Slot::kInput;
  int index = 0;
  bool vectors = false;  // of kScratch: V for each lane and not floats
};

// Work items along the first axis: a lane of a map each, or a lane of a work group.
enum class Across { kLanes, kGroupLanes, kOne };

struct Launch {
  // The body of a kernel, without braces around it; it knows `lane`, `place` and `tile`, the work
  // item's place along the three axes, its arguments, `constants`, `sizes` and `numbers`.
  std::string body;
  std::vector<Argument> arguments;
  std::vector<std::pair<std::string, std::string>> constants;  // macros
  // Handed over when it runs, so that layers of other sizes share what was compiled.
  std::vector<std::pair<std::string, int>> sizes;
  std::vector<std::pair<std::string, float>> numbers;
  Across across = Across::kLanes;
  std::size_t places = 1, tiles = 1;
};

struct Scratch {
  std::size_t floats = 0;     // of the batch, or
  std::size_t per_image = 0;  // of every image
};

// What an operation does in the kinds of pass that there are.
struct DeviceWork {
  std::vector<Launch> training, evaluation, backward;
  std::vector<Scratch> scratch;
  // Of one that keeps running values: what a training pass showed of them, as NetworkState::batch
  // has it, from what `training` left in its scratch `observed`.
  int observed = -1;
  std::function<std::vector<double>(std::span<const float> observed, int images)> statistics{};
  // What schedules give at a number of completed steps, in their order; words of the pass.
  std::function<std::vector<double>(double step)> ramps{};
};

struct DevicePlacement {
  Attributes attributes;
  std::vector<Shape> inputs;
  Shape output;
  DeviceShape device;
  // Whether the gradient of each input is wanted, and whether it is added to what is there.
  std::vector<bool> has_gradient, adds_gradient;
  // Whether the gradient of each parameter is added to what is there.
  std::vector<bool> adds_parameter_gradient;
  int ramp_word = kRamps;  // of its first ramp
};

using DeviceMaker = std::function<DeviceWork(const DevicePlacement&)>;

}  // namespace normlab::opencl
