#include "operations/opencl/kernel_text.h"

#include <algorithm>
#include <cassert>

namespace normlab::opencl {

std::string KernelText(std::string_view name) {
  const auto found = std::ranges::find(KernelFiles(), name, &KernelFile::name);
  assert(found != KernelFiles().end());
  return std::string(found->text);
}

}  // namespace normlab::opencl
