// What a program says of devices that was built without OpenCL's headers.
#include <fmt/format.h>

#include "base/error.h"
#include "engine/opencl/devices.h"
#include "engine/opencl/opencl_network.h"

namespace normlab {
namespace opencl {
namespace {

constexpr char kTrouble[] =
    "this normlab was built without OpenCL's headers (Debian: ocl-icd-opencl-dev)";

}  // namespace

DeviceList ListDevices() { return {{}, kTrouble}; }

Device UsableDevice(int) {
  throw UsageError(fmt::format("device opencl: {}; device cpu needs none", kTrouble));
}

}  // namespace opencl

std::unique_ptr<Network<float>> MakeOpenClNetwork(std::shared_ptr<const Plan>, int,
                                                  const DeviceOptions& options) {
  opencl::UsableDevice(options.number);
  return nullptr;
}

}  // namespace normlab
