#include "engine/opencl/library.h"

#include <dlfcn.h>

namespace normlab::opencl {
namespace {

struct Loaded {
  Library functions;
  std::string why;

  Loaded() {
    void* handle = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      why = "no OpenCL loader (libOpenCL.so.1; Debian: ocl-icd-libopencl1)";
      return;
    }
    const auto find = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(handle, name));
      if (function == nullptr && why.empty()) {
        why = std::string("the OpenCL loader lacks ") + name + ", of OpenCL 1.2";
      }
    };
#define NORMLAB_FIND(name) find(functions.name, "cl" #name);
    NORMLAB_OPENCL_FUNCTIONS(NORMLAB_FIND)
#undef NORMLAB_FIND
  }
};

}  // namespace

const Library* LoadLibrary(std::string* why) {
  static const Loaded loaded;
  if (!loaded.why.empty()) {
    *why = loaded.why;
    return nullptr;
  }
  return &loaded.functions;
}

}  // namespace normlab::opencl
