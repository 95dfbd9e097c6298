// The files of explain/page as they were when the program was built.
#pragma once

#include <string_view>

namespace normlab {

struct PageFiles {
  std::string_view
      html;  // with {{policy}}, {{style}}, {{title}}, {{example}}, {{data}}, {{script}}
  std::string_view example;  // what startExample of the script fills; another page may hold it too
  std::string_view style;    // page.css
  std::string_view script;   // the .js files, in the order of their names
};

const PageFiles& ExamplePageFiles();

}  // namespace normlab
