// What the layers of a training learned beside their filters, as the page's JSON.
#pragma once

#include <cstddef>
#include <vector>

#include "records/column.h"
#include "records/run_folder.h"
#include "report/page/numbers.h"

namespace normlab {

// Those of learned.csv that hold real numbers.
const std::vector<RecordColumn<LearnedValue>>& LearnedColumns();

// docs/page.md has every field. Of the epochs every `step`-th is kept, beside the first and last.
PageJson ArmLearnedJson(const ArmRecord& arm, std::size_t step);

}  // namespace normlab
