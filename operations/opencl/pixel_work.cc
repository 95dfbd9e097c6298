#include "operations/opencl/pixel_work.h"

namespace normlab::opencl {

DeviceWork PixelWork(const DevicePlacement& placement, const std::string& name,
                     const Sizes& sizes) {
  const Shape input = placement.inputs[0], output = placement.output;
  DeviceWork work;
  Launch forward;
  forward.body = KernelText(name + "_forward");
  forward.arguments = {{"x", Slot::kInput}};
  forward.sizes = sizes;
  forward.sizes.insert(forward.sizes.end(), {{"INPUT_HEIGHT", input.height},
                                             {"INPUT_WIDTH", input.width},
                                             {"HEIGHT", output.height},
                                             {"WIDTH", output.width}});
  SetStore(forward, {"y", Slot::kOutput});
  forward.places = output.pixels();
  forward.tiles = static_cast<std::size_t>(output.channels);
  work.training = work.evaluation = {forward};
  if (!placement.has_gradient[0]) return work;
  Launch backward;
  backward.body = KernelText(name + "_backward");
  backward.arguments = {{"x", Slot::kInput}, {"dy", Slot::kOutputGradient}};
  backward.sizes = forward.sizes;
  SetStore(backward, {"dx", Slot::kInputGradient});
  backward.places = input.pixels();
  backward.tiles = static_cast<std::size_t>(input.channels);
  work.backward = {backward};
  return work;
}

}  // namespace normlab::opencl
