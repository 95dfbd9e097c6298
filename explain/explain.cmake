# What the explain library is built from besides its folder: the files of its page, as a source file.
set(generated ${PROJECT_BINARY_DIR}/generated)

file(GLOB page_scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/explain/page/*.js)
list(SORT page_scripts)
set(page_html_file ${PROJECT_SOURCE_DIR}/explain/page/page.html)
set(page_example_file ${PROJECT_SOURCE_DIR}/explain/page/example.html)
set(page_style_file ${PROJECT_SOURCE_DIR}/explain/page/page.css)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${page_html_file} ${page_example_file} ${page_style_file} ${page_scripts})

file(READ ${page_html_file} page_html)
file(READ ${page_example_file} page_example)
file(READ ${page_style_file} page_style)
set(page_script "'use strict';\n")
foreach(page_script_file ${page_scripts})
  file(READ ${page_script_file} page_script_text)
  string(APPEND page_script "${page_script_text}")
endforeach()

file(CONFIGURE OUTPUT ${generated}/example_page_files.cc @ONLY CONTENT [[
#include "explain/page_files.h"

namespace normlab {

const PageFiles& ExamplePageFiles() {
  static const PageFiles files = {
      R"normlab_page(@page_html@)normlab_page",
      R"normlab_page(@page_example@)normlab_page",
      R"normlab_page(@page_style@)normlab_page",
      R"normlab_page(@page_script@)normlab_page"};
  return files;
}

}  // namespace normlab
]])
target_sources(normlab_explain PRIVATE ${generated}/example_page_files.cc)
