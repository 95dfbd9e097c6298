# What the inference library is built from besides its folder: the texts that an export is made of,
# as a source file.
set(export_texts "")
foreach(export_file model.py repeated_block.py batch_norm_per_application.py
    equation_per_application.py README.md)
  set(export_path ${PROJECT_SOURCE_DIR}/inference/pytorch/${export_file}.in)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${export_path})
  file(READ ${export_path} export_text)
  string(MAKE_C_IDENTIFIER ${export_file} export_name)
  string(APPEND export_texts
    "const std::string_view k_${export_name} = R\"export(${export_text})export\";\n")
endforeach()
file(CONFIGURE OUTPUT ${generated}/export_texts.cc @ONLY CONTENT [[
#include "inference/export_texts.h"

namespace normlab {

@export_texts@
}  // namespace normlab
]])
target_sources(normlab_inference PRIVATE ${generated}/export_texts.cc)
