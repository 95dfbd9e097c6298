#include "engine/opencl/devices.h"

#include <fmt/format.h>

#include "base/error.h"
#include "engine/opencl/device_handles.h"

namespace normlab::opencl {

DeviceList ListDevices() {
  DeviceList list;
  for (const DeviceHandle& handle : DeviceHandles(&list.trouble)) {
    list.devices.push_back(handle.device);
  }
  return list;
}

Device UsableDevice(int number) {
  const DeviceList list = ListDevices();
  if (list.devices.empty()) {
    throw UsageError(fmt::format("device opencl: {}; device cpu needs none", list.trouble));
  }
  if (number < 0 || static_cast<std::size_t>(number) >= list.devices.size()) {
    throw UsageError(fmt::format(
        "device opencl:{}: expected {}, which normlab devices lists", number,
        list.devices.size() == 1 ? "0" : fmt::format("0 to {}", list.devices.size() - 1)));
  }
  const Device& device = list.devices[static_cast<std::size_t>(number)];
  if (device.trouble.empty()) return device;
  throw UsageError(fmt::format("device opencl:{} ({}): {}", number, device.name, device.trouble));
}

}  // namespace normlab::opencl
