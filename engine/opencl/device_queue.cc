#include "engine/opencl/device_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "engine/opencl/device_handles.h"

namespace normlab::opencl {
namespace {

// What users can do something about; others by their number (CL/cl.h).
std::string ErrorText(cl_int error) {
  switch (error) {
    case CL_MEM_OBJECT_ALLOCATION_FAILURE:
    case CL_OUT_OF_RESOURCES:
    case CL_INVALID_BUFFER_SIZE:
      return "out of memory on the device; a smaller batch_size needs less";
    case CL_OUT_OF_HOST_MEMORY:
      return "out of memory";
    case CL_DEVICE_NOT_AVAILABLE:
      return "the device is not available";
    case CL_DEVICE_NOT_FOUND:
      return "the device is gone";
    case CL_BUILD_PROGRAM_FAILURE:
      return "the driver cannot compile the kernels";
    case CL_INVALID_COMMAND_QUEUE:
    case CL_INVALID_CONTEXT:
      return "the device was lost";
    default:
      return fmt::format("OpenCL error {}", error);
  }
}

std::atomic<std::size_t>& AllocatedOn(int device) {
  static std::mutex mutex;
  static std::map<int, std::atomic<std::size_t>> bytes;
  const std::lock_guard lock(mutex);
  return bytes[device];
}

}  // namespace

struct DeviceQueue::State {
  const Library* cl = nullptr;
  DeviceHandle handle;
  cl_context context = nullptr;
  cl_command_queue queue = nullptr;
  std::vector<cl_program> programs;
  std::vector<cl_mem> buffers;
  std::vector<std::size_t> sizes;  // beside them, bytes; 0 where one was freed
  std::vector<cl_kernel> kernels;

  void Check(cl_int error, const std::string& what) const {
    if (error == CL_SUCCESS) return;
    throw RunError(fmt::format("device opencl:{} ({}): {}: {}", handle.device.number,
                               handle.device.name, what, ErrorText(error)));
  }

  void Free(std::size_t buffer) {
    if (sizes[buffer] == 0) return;
    cl->ReleaseMemObject(buffers[buffer]);
    AllocatedOn(handle.device.number) -= std::exchange(sizes[buffer], 0);
  }

  ~State() {
    for (const cl_kernel kernel : kernels) cl->ReleaseKernel(kernel);
    for (const cl_program program : programs) cl->ReleaseProgram(program);
    for (std::size_t i = 0; i < buffers.size(); ++i) Free(i);
    if (queue != nullptr) cl->ReleaseCommandQueue(queue);
    if (context != nullptr) cl->ReleaseContext(context);
  }
};

DeviceQueue::DeviceQueue(int number) : state_(std::make_unique<State>()) {
  UsableDevice(number);
  std::string why;
  State& state = *state_;
  state.handle = DeviceHandles(&why)[static_cast<std::size_t>(number)];
  state.cl = LoadLibrary(&why);
  const cl_context_properties properties[] = {
      CL_CONTEXT_PLATFORM, reinterpret_cast<cl_context_properties>(state.handle.platform), 0};
  cl_int error = CL_SUCCESS;
  state.context =
      state.cl->CreateContext(properties, 1, &state.handle.id, nullptr, nullptr, &error);
  state.Check(error, "a context");
  state.queue = state.cl->CreateCommandQueue(state.context, state.handle.id, 0, &error);
  state.Check(error, "a queue");
}

DeviceQueue::~DeviceQueue() = default;

const Device& DeviceQueue::device() const { return state_->handle.device; }

int DeviceQueue::Allocate(std::size_t bytes) {
  State& state = *state_;
  const std::size_t size = std::max<std::size_t>(bytes, 64);
  const std::string what = fmt::format("a buffer of {} bytes", size);
  cl_int error = CL_SUCCESS;
  const cl_mem buffer =
      state.cl->CreateBuffer(state.context, CL_MEM_READ_WRITE, size, nullptr, &error);
  state.Check(error, what);
  state.buffers.push_back(buffer);
  state.sizes.push_back(size);
  AllocatedOn(state.handle.device.number) += size;
  const cl_uint zero = 0;
  state.Check(state.cl->EnqueueFillBuffer(state.queue, buffer, &zero, sizeof(zero), 0,
                                          size / sizeof(zero) * sizeof(zero), 0, nullptr, nullptr),
              what);
  return static_cast<int>(state.buffers.size()) - 1;
}

void DeviceQueue::Free(int buffer) { state_->Free(static_cast<std::size_t>(buffer)); }

std::size_t DeviceQueue::allocated() const { return AllocatedOn(device().number); }

void DeviceQueue::Write(int buffer, const void* from, std::size_t bytes, std::size_t offset) {
  State& state = *state_;
  state.Check(
      state.cl->EnqueueWriteBuffer(state.queue, state.buffers[static_cast<std::size_t>(buffer)],
                                   CL_TRUE, offset, bytes, from, 0, nullptr, nullptr),
      "writing to it");
}

void DeviceQueue::Read(int buffer, void* to, std::size_t bytes, std::size_t offset) {
  State& state = *state_;
  state.Check(
      state.cl->EnqueueReadBuffer(state.queue, state.buffers[static_cast<std::size_t>(buffer)],
                                  CL_TRUE, offset, bytes, to, 0, nullptr, nullptr),
      "reading from it");
}

void DeviceQueue::Build(const std::string& source, const std::string& options) {
  State& state = *state_;
  const char* text = source.c_str();
  const std::size_t size = source.size();
  cl_int error = CL_SUCCESS;
  const cl_program program =
      state.cl->CreateProgramWithSource(state.context, 1, &text, &size, &error);
  state.Check(error, "its kernels");
  state.programs.push_back(program);
  error = state.cl->BuildProgram(program, 1, &state.handle.id, options.c_str(), nullptr, nullptr);
  if (error == CL_SUCCESS) return;
  std::size_t length = 0;
  state.cl->GetProgramBuildInfo(program, state.handle.id, CL_PROGRAM_BUILD_LOG, 0, nullptr,
                                &length);
  std::string log(length, '\0');
  state.cl->GetProgramBuildInfo(program, state.handle.id, CL_PROGRAM_BUILD_LOG, length, log.data(),
                                nullptr);
  const std::string path = std::filesystem::temp_directory_path() / "normlab-opencl-build.log";
  try {
    WriteFile(path, log + "\n" + options + "\n" + source);
  } catch (const RunError&) {
    state.Check(error, "its kernels");
  }
  state.Check(error, fmt::format("its kernels (the compiler's words: {})", path));
}

int DeviceQueue::Kernel(const std::string& name) {
  State& state = *state_;
  assert(!state.programs.empty());
  cl_int error = CL_SUCCESS;
  const cl_kernel kernel = state.cl->CreateKernel(state.programs.back(), name.c_str(), &error);
  state.Check(error, "kernel " + name);
  state.kernels.push_back(kernel);
  return static_cast<int>(state.kernels.size()) - 1;
}

void DeviceQueue::SetBuffer(int kernel, int argument, int buffer) {
  State& state = *state_;
  const cl_mem& memory = state.buffers[static_cast<std::size_t>(buffer)];
  state.Check(state.cl->SetKernelArg(state.kernels[static_cast<std::size_t>(kernel)],
                                     static_cast<cl_uint>(argument), sizeof(memory), &memory),
              "an argument");
}

void DeviceQueue::SetInteger(int kernel, int argument, int value) {
  const cl_int number = value;
  state_->Check(state_->cl->SetKernelArg(state_->kernels[static_cast<std::size_t>(kernel)],
                                         static_cast<cl_uint>(argument), sizeof(number), &number),
                "an argument");
}

void DeviceQueue::SetNumber(int kernel, int argument, float value) {
  state_->Check(state_->cl->SetKernelArg(state_->kernels[static_cast<std::size_t>(kernel)],
                                         static_cast<cl_uint>(argument), sizeof(value), &value),
                "an argument");
}

void DeviceQueue::Run(int kernel, const std::array<std::size_t, 3>& global,
                      const std::array<std::size_t, 3>& group,
                      const std::array<std::size_t, 3>& first) {
  State& state = *state_;
  state.Check(state.cl->EnqueueNDRangeKernel(
                  state.queue, state.kernels[static_cast<std::size_t>(kernel)], 3, first.data(),
                  global.data(), group.data(), 0, nullptr, nullptr),
              "running a kernel");
}

}  // namespace normlab::opencl
