// The same weights under each kind of statistics, as the page's JSON: docs/page.md has every field.
#pragma once

#include <cstddef>

#include "report/page/numbers.h"
#include "report/summary/statistics_quantities.h"

namespace normlab {

// Of one training, a column for each kind and quantity. Requires rows of statistics.
PageJson ArmStatisticsJson(const ArmRecord& arm, std::size_t step);

// Over the finished trainings: a list of the kinds with their results.
PageJson ModelStatisticsJson(const ComparedModel& model);

}  // namespace normlab
