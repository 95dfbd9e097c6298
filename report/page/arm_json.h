// One training as the page's JSON: its numbers over the epochs, its layers, its settings.
#pragma once

#include <cstddef>

#include "records/run_folder.h"
#include "report/page/numbers.h"
#include "report/summary/quantities.h"

namespace normlab {

// docs/page.md has every field. Of the epochs every `step`-th is kept, beside the first and last.
PageJson ArmJson(const ArmRecord& arm, std::size_t model, std::size_t metrics_step,
                 std::size_t layers_step, std::size_t learned_step);

// How many numbers the arm's curves (statistics.csv among them), its layers, and what these learned
// hold.
std::size_t MetricsNumbers(const ArmRecord& arm);
std::size_t LayersNumbers(const ArmRecord& arm);
std::size_t LearnedNumbers(const ArmRecord& arm);

}  // namespace normlab
