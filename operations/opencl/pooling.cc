#include "operations/opencl/launches.h"
#include "operations/opencl/makers.h"
#include "operations/sliding_window.h"

namespace normlab::opencl {
namespace {

DeviceWork PoolWork(const DevicePlacement& placement, const std::string& name, int default_size) {
  const Shape input = placement.inputs[0], output = placement.output;
  const SlidingWindow window = PoolWindow(placement.attributes, default_size, input);
  const Sizes sizes = {{"SIZE_Y", window.rows.extent},     {"SIZE_X", window.columns.extent},
                       {"STRIDE_Y", window.rows.step},     {"STRIDE_X", window.columns.step},
                       {"PADDING_Y", window.rows.padding}, {"PADDING_X", window.columns.padding},
                       {"INPUT_HEIGHT", input.height},     {"INPUT_WIDTH", input.width},
                       {"HEIGHT", output.height},          {"WIDTH", output.width}};
  DeviceWork work;
  Launch forward;
  forward.body = KernelText(name + "_forward");
  forward.arguments = {{"x", Slot::kInput}, {"y", Slot::kOutput}};
  forward.sizes = sizes;
  forward.places = output.pixels();
  forward.tiles = static_cast<std::size_t>(output.channels);
  work.training = work.evaluation = {forward};
  if (!placement.has_gradient[0]) return work;
  Launch backward;
  backward.body = KernelText(name + "_backward");
  backward.arguments = {
      {"x", Slot::kInput}, {"dy", Slot::kOutputGradient}, {"dx", Slot::kInputGradient}};
  backward.sizes = sizes;
  backward.constants.push_back(Put(placement.adds_gradient[0]));
  backward.places = input.pixels();
  backward.tiles = static_cast<std::size_t>(input.channels);
  work.backward = {backward};
  return work;
}

}  // namespace

DeviceWork MaxPoolWork(const DevicePlacement& placement) {
  return PoolWork(placement, "max_pool", 2);
}
DeviceWork AveragePoolWork(const DevicePlacement& placement) {
  return PoolWork(placement, "average_pool", 0);
}

}  // namespace normlab::opencl
