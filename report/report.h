// The report of a run: README.md and figures/ in the run folder, from what lies on disk.
#pragma once

#include <string>
#include <vector>

#include "augment/augment.h"
#include "data/dataset.h"
#include "report/run_folder.h"

namespace normlab {

// Writes figures/*.svg and *.png (each with the script and the data that draw it again) and
// README.md into run.path. Returns what could not be drawn, one clear line each (gnuplot missing,
// for one): the README is written nevertheless and says the same. `augmentation` may be null.
// Throws RunError when the folder cannot be written, DataError when the run does not belong to
// `dataset`.
std::vector<std::string> WriteReport(const RunRecord& run, const Dataset& dataset,
                                     const Augmentation* augmentation);

}  // namespace normlab
