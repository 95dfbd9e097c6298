// A layer for OpenCL's loader (OPENCL_LAYERS) under which a call fails as it does when a device is
// lost or its memory ends:
//
//   FAILING_CALL=EnqueueNDRangeKernel FAILING_AFTER=100 FAILING_CODE=-36
//
// The hundred-and-first call and all after it answer -36, CL_INVALID_COMMAND_QUEUE.
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl_layer.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

const cl_icd_dispatch* below = nullptr;
cl_icd_dispatch layer;
std::atomic<long> calls = 0;

long Number(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? 0 : std::atol(text);
}

bool Fails() { return ++calls > Number("FAILING_AFTER"); }
cl_int Code() { return static_cast<cl_int>(Number("FAILING_CODE")); }

cl_int Enqueue(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t* offset,
               const size_t* global, const size_t* local, cl_uint count, const cl_event* waits,
               cl_event* event) {
  if (Fails()) return Code();
  return below->clEnqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, count,
                                       waits, event);
}

cl_int Read(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t size,
            void* to, cl_uint count, const cl_event* waits, cl_event* event) {
  if (Fails()) return Code();
  return below->clEnqueueReadBuffer(queue, buffer, blocking, offset, size, to, count, waits, event);
}

cl_mem Create(cl_context context, cl_mem_flags flags, size_t size, void* host, cl_int* error) {
  if (!Fails()) return below->clCreateBuffer(context, flags, size, host, error);
  *error = Code();
  return nullptr;
}

}  // namespace

extern "C" cl_int clGetLayerInfo(cl_layer_info name, size_t size, void* value, size_t* size_ret) {
  if (name != CL_LAYER_API_VERSION) return CL_INVALID_VALUE;
  const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
  if (value != nullptr && size >= sizeof(version)) std::memcpy(value, &version, sizeof(version));
  if (size_ret != nullptr) *size_ret = sizeof(version);
  return CL_SUCCESS;
}

extern "C" cl_int clInitLayer(cl_uint count, const cl_icd_dispatch* target, cl_uint* count_ret,
                              const cl_icd_dispatch** result) {
  below = target;
  std::memcpy(&layer, target, count * sizeof(void*));
  const char* call = std::getenv("FAILING_CALL");
  const std::string_view name = call == nullptr ? "" : call;
  if (name == "EnqueueNDRangeKernel") layer.clEnqueueNDRangeKernel = Enqueue;
  if (name == "EnqueueReadBuffer") layer.clEnqueueReadBuffer = Read;
  if (name == "CreateBuffer") layer.clCreateBuffer = Create;
  *count_ret = count;
  *result = &layer;
  return CL_SUCCESS;
}
