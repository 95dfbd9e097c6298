// What an operation asks of an OpenCL device: kernels over maps [C][H][W][lanes], images as the
// fastest axis, written once for vectors of images (a CPU's registers) and single ones (a GPU's
// work items). OpenCL C 1.2 without fp64, float atomics or subgroups; sums in a fixed order.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
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
  // Of the whole network, by the numbers of its plan.
  kMap,             // of value `index`
  kMapGradient,     // the same
  kPlanParameters,  // floats from parameter `index` on
};

// Words of a pass: numbers of 32 bits.
enum PassWord {
  kCount,  // images
  kEpoch,  // of dropout's addresses
  kSeedLow,
  kSeedHigh,
  kGhostBatches,  // not read without ghosts
  kDrops,         // 1 in training, 0 where dropout lets everything pass
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
  // The argument whose map it writes by STORE(element, value), each element of an image that is its
  // own once: what is elementwise may be computed there too. SetStore makes it (launches.h).
  std::optional<Argument> stores{};
  // Of a backward pass: gradients of parameters, or partial sums of them, which nothing in the pass
  // reads. It may run at the end of the pass, together with its like.
  bool at_end = false;
};

// What an operation does with every element by itself, so that whoever stores its input can do it.
// `x`, `x1`, ...: the element of each input; `element`: which one it is.
struct Elementwise {
  std::string value;                   // of its output
  std::vector<std::string> gradients;  // of each input, of these, `y` and `dy`
  std::string let{};                   // statements before a gradient
  std::vector<Argument> arguments{};   // parameters, kPass, kImageIds
  std::vector<std::pair<std::string, int>> sizes{};
  std::vector<std::pair<std::string, float>> numbers{};
  // A variable that a work item keeps from one element to the next: its name, and its declaration.
  std::pair<std::string, std::string> kept{};
};

struct Scratch {
  std::size_t floats = 0;     // of the batch, or
  std::size_t per_image = 0;  // of every image
};

// What an operation does in the kinds of pass that there are.
struct DeviceWork {
  std::vector<Launch> training, evaluation, backward;
  std::vector<Scratch> scratch;
  std::optional<Elementwise> elementwise{};
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
  std::vector<bool> has_gradient;  // whether that of each input is wanted
  // Whether the gradient of each parameter is added to what is there.
  std::vector<bool> adds_parameter_gradient;
  int ramp_word = kRamps;  // of its first ramp
};

using DeviceMaker = std::function<DeviceWork(const DevicePlacement&)>;

}  // namespace normlab::opencl
