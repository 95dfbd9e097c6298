#include "report/page/page.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/html.h"
#include "explain/page_files.h"
#include "report/page/page_files.h"

namespace normlab {

bool HasPage() { return !PageFilesOfReport().html.empty(); }

std::string PageHtml(const std::string& data, bool live) {
  if (!HasPage()) {
    throw UsageError(
        "this normlab was built without the page (-DNORMLAB_WEB=OFF): expected one built with it; "
        "normlab report without --html writes a README.md instead (normlab doctor tells what else "
        "is "
        "missing)");
  }
  const ReportPageFiles& page = PageFilesOfReport();
  const PageFiles& example = ExamplePageFiles();
  const std::string policy = fmt::format(
      "default-src 'none'; script-src {} {}; style-src {} {}; img-src data:; {}base-uri 'none'; "
      "form-action 'none'",
      PolicyHash(page.script), PolicyHash(example.script), PolicyHash(page.style),
      PolicyHash(example.style), live ? "connect-src 'self'; " : "");
  return Filled(page.html, {{"{{live}}", live ? " data-live=\"events\"" : ""},
                            {"{{policy}}", policy},
                            {"{{style}}", page.style},
                            {"{{example_style}}", example.style},
                            {"{{example}}", example.example},
                            {"{{data}}", data},
                            {"{{example_script}}", example.script},
                            {"{{script}}", page.script}});
}

}  // namespace normlab
