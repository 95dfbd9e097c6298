// The OpenCL loader, opened when it is first asked for: a machine without one runs everything else.
// Only files of this folder include this one.
#pragma once

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <string>

namespace normlab::opencl {

// The loader's functions that normlab calls, by their names without "cl".
#define NORMLAB_OPENCL_FUNCTIONS(each)                                                             \
  each(GetPlatformIDs) each(GetPlatformInfo) each(GetDeviceIDs) each(GetDeviceInfo)                \
      each(CreateContext) each(ReleaseContext) each(CreateCommandQueue) each(ReleaseCommandQueue)  \
          each(CreateBuffer) each(ReleaseMemObject) each(CreateProgramWithSource)                  \
              each(BuildProgram) each(GetProgramBuildInfo) each(ReleaseProgram) each(CreateKernel) \
                  each(ReleaseKernel) each(SetKernelArg) each(EnqueueNDRangeKernel)                \
                      each(EnqueueReadBuffer) each(EnqueueWriteBuffer) each(EnqueueFillBuffer)     \
                          each(Finish)

struct Library {
#define NORMLAB_DECLARE(name) decltype(&::cl##name) name = nullptr;
  NORMLAB_OPENCL_FUNCTIONS(NORMLAB_DECLARE)
#undef NORMLAB_DECLARE
};

// Null, with the reason, where there is none.
const Library* LoadLibrary(std::string* why);

}  // namespace normlab::opencl
