#include "operations/opencl/makers.h"
#include "operations/opencl/pixel_work.h"
#include "operations/sliding_window.h"

namespace normlab::opencl {
namespace {

DeviceWork PoolWork(const DevicePlacement& placement, const std::string& name, int default_size) {
  const SlidingWindow window = PoolWindow(placement.attributes, default_size, placement.inputs[0]);
  return PixelWork(placement, name,
                   {{"SIZE_Y", window.rows.extent},
                    {"SIZE_X", window.columns.extent},
                    {"STRIDE_Y", window.rows.step},
                    {"STRIDE_X", window.columns.step},
                    {"PADDING_Y", window.rows.padding},
                    {"PADDING_X", window.columns.padding}});
}

}  // namespace

DeviceWork MaxPoolWork(const DevicePlacement& placement) {
  return PoolWork(placement, "max_pool", 2);
}
DeviceWork AveragePoolWork(const DevicePlacement& placement) {
  return PoolWork(placement, "average_pool", 0);
}

}  // namespace normlab::opencl
