// One study as the page's JSON.
#pragma once

#include <cstddef>
#include <string>

#include "records/run_folder.h"
#include "report/page/numbers.h"

namespace normlab {

// What does not come from the record alone.
struct StudyPlace {
  std::string title;
  std::size_t dataset = 0;  // among the page's
  int test_images = 0;      // 0 where nobody knows it: nothing is found then
  // Of the curves, and of the layers, every so manieth epoch is kept, beside the first and the
  // last.
  std::size_t metrics_step = 1, layers_step = 1, learned_step = 1;
};

// Everything but the misses.
PageJson StudyJson(const RunRecord& run, const StudyPlace& place);

}  // namespace normlab
