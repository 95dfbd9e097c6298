// The kernels' texts: the files *.cl of this folder, built in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace normlab::opencl {

struct KernelFile {
  std::string_view name, text;
};
const std::vector<KernelFile>& KernelFiles();

// Of "convolution_forward"; asserts that there is one.
std::string KernelText(std::string_view name);

}  // namespace normlab::opencl
