# cmake -Dhtml=... -Dscript=... -Dstyle=... -Doutput=... -P embed.cmake: three files as C++.
file(READ ${html} html_text)
file(READ ${script} script_text)
file(READ ${style} style_text)
file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
#include "report/page/page_files.h"

namespace normlab {

const ReportPageFiles& PageFilesOfReport() {
  static const ReportPageFiles files = {
      R"normlab_page(@html_text@)normlab_page",
      R"normlab_page(@style_text@)normlab_page",
      R"normlab_page(@script_text@)normlab_page"};
  return files;
}

}  // namespace normlab
]])
