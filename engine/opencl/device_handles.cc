#include "engine/opencl/device_handles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace normlab::opencl {
namespace {

template <typename T>
T Number(const Library& library, cl_device_id id, cl_device_info what) {
  T value{};
  library.GetDeviceInfo(id, what, sizeof(value), &value, nullptr);
  return value;
}

// Without the spaces that some drivers put around it.
template <typename Get>
std::string Text(const Get& get) {
  std::size_t size = 0;
  if (get(0, nullptr, &size) != CL_SUCCESS || size == 0) return "";
  std::string text(size, '\0');
  get(size, text.data(), nullptr);
  text.resize(std::min(text.find('\0'), text.size()));
  const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

std::string DeviceText(const Library& library, cl_device_id id, cl_device_info what) {
  return Text([&](std::size_t size, void* to, std::size_t* needed) {
    return library.GetDeviceInfo(id, what, size, to, needed);
  });
}

std::string PlatformText(const Library& library, cl_platform_id id, cl_platform_info what) {
  return Text([&](std::size_t size, void* to, std::size_t* needed) {
    return library.GetPlatformInfo(id, what, size, to, needed);
  });
}

// "OpenCL 1.2 ..." or later.
bool IsOldVersion(const std::string& version) {
  int major = 0, minor = 0;
  return std::sscanf(version.c_str(), "OpenCL %d.%d", &major, &minor) != 2 ||
         major * 10 + minor < 12;
}

std::string Trouble(const Library& library, cl_device_id id, const Device& device) {
  if (Number<cl_bool>(library, id, CL_DEVICE_AVAILABLE) == CL_FALSE) return "not available";
  if (Number<cl_bool>(library, id, CL_DEVICE_COMPILER_AVAILABLE) == CL_FALSE) {
    return "its driver has no compiler";
  }
  if (Number<cl_bool>(library, id, CL_DEVICE_ENDIAN_LITTLE) == CL_FALSE) {
    return "not little endian";
  }
  if (IsOldVersion(device.version)) {
    return fmt::format("{}, and OpenCL 1.2 is needed", device.version);
  }
  return "";
}

Device Describe(const Library& library, cl_platform_id platform, cl_device_id id, int number) {
  Device device;
  device.number = number;
  device.name = DeviceText(library, id, CL_DEVICE_NAME);
  device.vendor = DeviceText(library, id, CL_DEVICE_VENDOR);
  device.driver = DeviceText(library, id, CL_DRIVER_VERSION);
  device.version = DeviceText(library, id, CL_DEVICE_VERSION);
  device.platform = PlatformText(library, platform, CL_PLATFORM_NAME);
  device.is_cpu = (Number<cl_device_type>(library, id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) != 0;
  device.memory = Number<cl_ulong>(library, id, CL_DEVICE_GLOBAL_MEM_SIZE);
  device.largest_buffer = Number<cl_ulong>(library, id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
  device.units = static_cast<int>(Number<cl_uint>(library, id, CL_DEVICE_MAX_COMPUTE_UNITS));
  device.group = Number<std::size_t>(library, id, CL_DEVICE_MAX_WORK_GROUP_SIZE);
  device.rounds_correctly = (Number<cl_device_fp_config>(library, id, CL_DEVICE_SINGLE_FP_CONFIG) &
                             CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
  if (device.is_cpu) {
    device.vector =
        static_cast<int>(Number<cl_uint>(library, id, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT));
  }
  device.trouble = Trouble(library, id, device);
  return device;
}

}  // namespace

std::vector<DeviceHandle> DeviceHandles(std::string* why) {
  std::vector<DeviceHandle> handles;
  const Library* library = LoadLibrary(why);
  if (library == nullptr) return handles;
  cl_uint platforms = 0;
  library->GetPlatformIDs(0, nullptr, &platforms);
  std::vector<cl_platform_id> ids(platforms);
  if (platforms > 0) library->GetPlatformIDs(platforms, ids.data(), nullptr);
  for (const cl_platform_id platform : ids) {
    cl_uint count = 0;
    if (library->GetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, nullptr, &count) != CL_SUCCESS) {
      continue;
    }
    std::vector<cl_device_id> devices(count);
    library->GetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, devices.data(), nullptr);
    for (const cl_device_id id : devices) {
      const int number = static_cast<int>(handles.size());
      handles.push_back({platform, id, Describe(*library, platform, id, number)});
    }
  }
  if (handles.empty()) {
    *why = platforms == 0 ? "no OpenCL driver (for a CPU, Debian: pocl-opencl-icd)"
                          : "the OpenCL drivers here have no device";
  }
  return handles;
}

}  // namespace normlab::opencl
