# The page of a report: web/ bundled by esbuild into one script and one style, which the report
# library carries. Nothing is downloaded here: `npm ci --prefix web` has put esbuild and uPlot into
# web/node_modules.
option(NORMLAB_WEB "Build the page that report --html and serve show" ON)
set(web ${PROJECT_SOURCE_DIR}/web)
set(page_files ${PROJECT_BINARY_DIR}/generated/report_page_files.cc)

if(NORMLAB_WEB)
  find_program(NORMLAB_NODE NAMES node nodejs)
  if(NOT NORMLAB_NODE OR NOT EXISTS ${web}/node_modules/esbuild OR NOT EXISTS ${web}/node_modules/uplot)
    message(FATAL_ERROR "web/node_modules: expected esbuild and uPlot, and node >= 18 to run them; "
      "do `npm ci --prefix web`, or build all but the page with -DNORMLAB_WEB=OFF")
  endif()
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/source/*)
  set(bundle ${PROJECT_BINARY_DIR}/web)
  add_custom_command(
    OUTPUT ${page_files}
    COMMAND ${NORMLAB_NODE} ${web}/build.mjs ${bundle}
    COMMAND ${CMAKE_COMMAND} -Dhtml=${web}/page.html -Dscript=${bundle}/page.js
      -Dstyle=${bundle}/page.css -Doutput=${page_files} -P ${web}/embed.cmake
    DEPENDS ${web_sources} ${web}/build.mjs ${web}/page.html ${web}/embed.cmake
      ${web}/package-lock.json
    COMMENT "Bundling web/"
    VERBATIM)
else()
  message(STATUS "NORMLAB_WEB=OFF: built without the page of report --html and serve")
  file(CONFIGURE OUTPUT ${page_files} @ONLY CONTENT [[
#include "report/page/page_files.h"

namespace normlab {

const ReportPageFiles& PageFilesOfReport() {
  static const ReportPageFiles files;
  return files;
}

}  // namespace normlab
]])
endif()
target_sources(normlab_report PRIVATE ${page_files})
