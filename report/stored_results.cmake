# The table of docs/results/zoo, as a source file.
set(stored_results_file ${PROJECT_SOURCE_DIR}/docs/results/zoo/table.csv)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${stored_results_file})
file(READ ${stored_results_file} stored_results)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/stored_results.cc @ONLY CONTENT [[
#include "report/sources/stored_results.h"

namespace normlab {

std::string_view StoredResultsText() { return R"normlab_csv(@stored_results@)normlab_csv"; }

}  // namespace normlab
]])
target_sources(normlab_report PRIVATE ${PROJECT_BINARY_DIR}/generated/stored_results.cc)
