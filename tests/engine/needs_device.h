// Tests that run on the first OpenCL device (in CI: PoCL, which ./check installs).
#pragma once

#include "engine/opencl/devices.h"
#include "tests/left_out.h"

// In a test's body, before anything that needs a device.
#define NORMLAB_NEEDS_DEVICE()                                                       \
  if (const auto list = normlab::opencl::ListDevices(); list.devices.empty()) {      \
    if (normlab::DatasetsAreExpected()) FAIL() << "CI is set, but " << list.trouble; \
    NORMLAB_LEFT_OUT("no OpenCL device; apt-get install pocl-opencl-icd");           \
  }                                                                                  \
  static_assert(true, "takes the semicolon")
