# What the norm library is built from besides its folder: the shipped methods, as a source file.
set(generated ${PROJECT_BINARY_DIR}/generated)

file(GLOB method_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/norms/*.toml)
set(method_rows "")
foreach(method_file ${method_files})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${method_file})
  get_filename_component(method_name ${method_file} NAME_WE)
  file(READ ${method_file} method_text)
  string(APPEND method_rows "      {\"${method_name}\", R\"method(${method_text})method\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${generated}/shipped_methods.cc @ONLY CONTENT [[
#include "norm/shipped_methods.h"

namespace normlab {

const std::vector<ShippedMethodFile>& ShippedMethodFiles() {
  static const std::vector<ShippedMethodFile> files = {
@method_rows@  };
  return files;
}

}  // namespace normlab
]])

target_sources(normlab_norm PRIVATE ${generated}/shipped_methods.cc)
