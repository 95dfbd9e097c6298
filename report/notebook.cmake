# The cells of notebook.ipynb, as a source file.
set(notebook_cells_file ${PROJECT_SOURCE_DIR}/report/notebook/cells.py)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${notebook_cells_file})
file(READ ${notebook_cells_file} notebook_cells)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/notebook_cells.cc @ONLY CONTENT [[
#include "report/notebook/notebook_cells.h"

namespace normlab {

std::string_view NotebookCellsText() {
  return R"normlab_cells(@notebook_cells@)normlab_cells";
}

}  // namespace normlab
]])
target_sources(normlab_report PRIVATE ${PROJECT_BINARY_DIR}/generated/notebook_cells.cc)
