#include "engine/opencl/devices.h"

#include "engine/opencl/device_handles.h"

namespace normlab::opencl {

DeviceList ListDevices() {
  DeviceList list;
  for (const DeviceHandle& handle : DeviceHandles(&list.trouble)) {
    list.devices.push_back(handle.device);
  }
  return list;
}

bool IsBuilt() { return true; }

}  // namespace normlab::opencl
