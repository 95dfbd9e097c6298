# The kernels *.cl of this folder as a source file.
file(GLOB kernel_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cl)
set(rows "")
foreach(kernel_file ${kernel_files})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${kernel_file})
  get_filename_component(name ${kernel_file} NAME_WE)
  file(READ ${kernel_file} text)
  string(APPEND rows "      {\"${name}\", R\"kernel(${text})kernel\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/opencl_kernels.cc @ONLY CONTENT [[
#include "operations/opencl/kernel_text.h"

namespace normlab::opencl {

const std::vector<KernelFile>& KernelFiles() {
  static const std::vector<KernelFile> files = {
@rows@  };
  return files;
}

}  // namespace normlab::opencl
]])
target_sources(normlab_operations PRIVATE ${PROJECT_BINARY_DIR}/generated/opencl_kernels.cc)
