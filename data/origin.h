// Who made a data set, under which terms, and where it is told.
#pragma once

#include <string_view>

namespace normlab {

struct DatasetOrigin {
  std::string_view dataset;
  std::string_view authors;  // and the publication
  std::string_view licence;  // as its publishers state it
  std::string_view page;
};

// Requires a set of AllDatasets().
const DatasetOrigin& FindOrigin(std::string_view dataset);

}  // namespace normlab
