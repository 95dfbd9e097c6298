// The files of web/ as they were when the program was built; all empty with -DNORMLAB_WEB=OFF.
#pragma once

#include <string_view>

namespace normlab {

struct ReportPageFiles {
  // page.html, with {{live}}, {{policy}}, {{style}}, {{example_style}}, {{example}}, {{data}},
  // {{example_script}} and {{script}}
  std::string_view html;
  std::string_view style, script;  // bundled and minified
};

const ReportPageFiles& PageFilesOfReport();

}  // namespace normlab
